import type { CampaignPartRepresentation, CampaignRepresentation } from '../api/campaign.ts';
import { decimals } from './value-text.ts';

/** Progress of a part of a campaign, or of all its repeats together. */
export interface CampaignRow {
  /** Stable across updates. */
  readonly key: string;
  readonly name: string;
  /** Number of ended trials, out of `total`. */
  readonly done: number;
  readonly total: number;
  readonly text: string;
  /** True if the campaign has added the part and it has not ended. */
  readonly open: boolean;
}

type Part = Pick<CampaignPartRepresentation, 'kind' | 'name'>;

/** Returns a row for each part, upcoming ones included, in the order of the campaign. The repeats share one row. */
export function campaignRows({ parts, upcoming, spec }: CampaignRepresentation): CampaignRow[] {
  const all = [...parts, ...upcoming];
  return [...new Set(all.map(keyOf))].map((key) => {
    const added = parts.filter((part) => keyOf(part) === key);
    const first = all.find((part) => keyOf(part) === key);
    const done = sum(added, ({ progress }) => progress.finished);
    return {
      key,
      name: first?.kind === 'repeat' ? 'repeats' : (first?.name ?? ''),
      done,
      total: sum(added, ({ progress }) => progress.planned ?? Math.max(progress.suggested, 1)),
      text: added.length === 0 ? 'to come' : textOf(added, done, spec.metric.name),
      open: added.some(({ endedAt }) => endedAt === null),
    };
  });
}

/** Combines kind and name, because the name of a study may equal that of another kind of part. */
function keyOf({ kind, name }: Part): string {
  return kind === 'repeat' ? kind : `${kind} ${name}`;
}

/** Text of a row. Only searches show their best value; evaluations have none of their own. */
function textOf(parts: readonly CampaignPartRepresentation[], done: number, metric: string): string {
  const planned = parts.some(({ progress }) => progress.planned === null) ? null : sum(parts, ({ progress }) => progress.planned ?? 0);
  const best = parts.find(({ kind }) => kind === 'search' || kind === 'grid')?.best?.value;
  const states = new Set(parts.map(({ state }) => state).filter((state) => state !== 'active' && state !== 'completed'));
  return [
    `${done}${planned === null ? '' : ` of ${planned}`}`,
    ...(best == null ? [] : [`best ${metric} ${decimals(best)}`]),
    ...states,
  ].join(' · ');
}

function sum<Item>(items: readonly Item[], numberOf: (item: Item) => number): number {
  return items.reduce((total, item) => total + numberOf(item), 0);
}
