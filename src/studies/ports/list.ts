import type { StudyState } from '../model/states.ts';

/** Orders of a list. `updated`: the latest progress or change of state first; `name`: by name, then the oldest first. */
export const listSorts = ['newest', 'oldest', 'updated', 'name'] as const;
export type ListSort = (typeof listSorts)[number];

/** Place of an item in a list: its id and, for `updated` and `name`, the time or the name by which it is sorted. */
export interface ListPlace {
  readonly id: string;
  readonly value?: string | undefined;
}

/** Filters and order of a list of studies or campaigns. */
export interface ListFilter {
  /** Name of the project whose items are listed. */
  readonly project: string;
  /** In any of these states. Absent: in any state. */
  readonly states?: readonly StudyState[] | undefined;
  readonly name?: string | undefined;
  readonly createdAfter?: Date | undefined;
  readonly createdBefore?: Date | undefined;
  /** With all these labels; a value of null stands for any. */
  readonly labels?: readonly { readonly name: string; readonly value: string | null }[] | undefined;
  /** Default: `newest`. */
  readonly sort?: ListSort | undefined;
  readonly limit: number;
  /** Place of the last item of the page before. */
  readonly after?: ListPlace | undefined;
}

/** Filters and order of the list of studies. */
export interface StudyFilter extends ListFilter {
  /** Id of the campaign that it is a part of; null: of none. */
  readonly campaign?: string | null | undefined;
}

/** Text of a place, the `next` of a page. */
export function placeText({ id, value }: ListPlace): string {
  return value === undefined ? id : `${id} ${value}`;
}

/** Reads `placeText`. */
export function placeOf(text: string): ListPlace {
  const end = text.indexOf(' ');
  return end < 0 ? { id: text } : { id: text.slice(0, end), value: text.slice(end + 1) };
}
