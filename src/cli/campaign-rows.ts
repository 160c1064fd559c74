import type { CampaignPartRepresentation, CampaignRepresentation } from '../api/campaign.ts';

/** How far a part of a campaign has come, or all its repeats together. */
export interface CampaignRow {
  /** The same at every look. */
  readonly key: string;
  readonly name: string;
  /** Trials that came to an end, of so many. */
  readonly done: number;
  readonly total: number;
  readonly text: string;
  /** The campaign has added it, and it has not ended. */
  readonly open: boolean;
}

type Part = Pick<CampaignPartRepresentation, 'kind' | 'name'>;

/** A row for each part in the order of the campaign, those that are to come included; the repeats share one. */
export function campaignRows({ parts, upcoming, spec }: CampaignRepresentation): CampaignRow[] {
  const all = [...parts, ...upcoming];
  return [...new Set(all.map(keyOf))].map((key) => {
    const added = parts.filter((part) => keyOf(part) === key);
    const first = all.find((part) => keyOf(part) === key);
    const done = sum(added, finishedOf);
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

/** A study may be called what it likes: its kind keeps it apart. */
function keyOf({ kind, name }: Part): string {
  return kind === 'repeat' ? kind : `${kind} ${name}`;
}

/** What is measured again has no best of its own: it is shown for what searches. */
function textOf(parts: readonly CampaignPartRepresentation[], done: number, metric: string): string {
  const planned = parts.some(({ progress }) => progress.planned === null) ? null : sum(parts, ({ progress }) => progress.planned ?? 0);
  const best = parts.find(({ kind }) => kind === 'search' || kind === 'grid')?.best?.value;
  const states = new Set(parts.map(({ state }) => state).filter((state) => state !== 'active' && state !== 'completed'));
  return [
    `${done}${planned === null ? '' : ` of ${planned}`}`,
    ...(best == null ? [] : [`best ${metric} ${best.toFixed(4)}`]),
    ...states,
  ].join(' · ');
}

function finishedOf({ trials }: CampaignPartRepresentation): number {
  return trials.completed + trials.failed + trials.pruned;
}

function sum<Item>(items: readonly Item[], numberOf: (item: Item) => number): number {
  return items.reduce((total, item) => total + numberOf(item), 0);
}
