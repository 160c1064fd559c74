import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import type { MeasuredSpec } from '../../studies/definition/ranking.ts';
import { frontOf, type MetricResult, metricResultOf } from '../../studies/fronts/metric-result.ts';
import type { ReadRows } from '../database/database.ts';
import { Prisma } from '../generated/client.ts';
import { keptStates } from '../workers/unobserved.ts';
import { firstOfGaps, type Gap, withGap, withoutNumbers } from './number-gaps.ts';
import { rankedSpecSchema, rankingRule } from './ranking-metric.ts';
import { rankedRowSchema, withoutAbsent } from './raw-rows.ts';
import { sharedTurns } from './shared-turns.ts';

/** Trials that are looked for at a time: some 10 ms of work. */
const soughtAtOnce = 1000;
/** Results that a process keeps, of all studies together: some 110 MB. A study of 1,000,000 is among them. */
const resultsAtMost = 1_100_000;

/** The results of a study with several metrics at one moment. */
export interface MetricResults {
  readonly spec: MeasuredSpec;
  /** Completed trials that count, by number. */
  readonly results: readonly MetricResult[];
  /** Those of them that no other one dominates, by number. */
  readonly front: readonly MetricResult[];
  /** Equal for equal results. */
  readonly revision: string;
}

/** The results that count. */
type Counting = Pick<MetricResults, 'results' | 'front'>;

/** Reads results. A trial's result never changes after the trial has ended: a process reads each of them once. */
export interface MetricResultCache {
  /** null: there is no such study, or it has one metric. */
  of(read: ReadRows, studyId: string): Promise<MetricResults | null>;
}

/** The results of a study that were read, and the trials that are still to be read. */
interface Kept {
  /** The trials that had not ended, below `next`. */
  readonly open: readonly Gap[];
  /** Number of the first trial that was not looked for. */
  readonly next: number;
  readonly results: readonly MetricResult[];
  readonly front: readonly MetricResult[];
  /** Of an ended study: those up to the last trial that counts. */
  readonly cut?: Counting & { readonly last: number };
}

const nothing: Kept = { open: [], next: 0, results: [], front: [] };

/** An empty cache. One of a snapshot must end with it: what it reads is as old as the snapshot. */
export function metricResultCache(): MetricResultCache {
  const kept = new LRUCache<string, Kept>({ maxSize: resultsAtMost, sizeCalculation: ({ results }) => Math.max(1, results.length) });
  // One after another, so that no result is read twice.
  const inTurn = sharedTurns<MetricResults | null>();
  const resultsNow = async (read: ReadRows, studyId: string): Promise<MetricResults | null> => {
    const study = await readState(read, studyId);
    if (!study || study.spec.metrics.length < 2) return null;
    const { spec, last } = study;
    const known = await readOn(kept.get(studyId) ?? nothing, study.next, (gaps) => readEnded(read, spec, { studyId, gaps }));
    const now = last === null || known.cut?.last === last ? known : { ...known, cut: { last, ...upTo(known, last) } };
    kept.set(studyId, now);
    const { results, front } = (last === null ? null : now.cut) ?? now;
    return { spec, results, front, revision: `${results.length} ${last}` };
  };
  return { of: (read, studyId) => inTurn(studyId, () => resultsNow(read, studyId)) };
}

/** The results up to the last trial that counts. */
function upTo({ results, front }: Kept, last: number): Counting {
  const counting = results.filter(({ number }) => number <= last);
  return counting.length < results.length ? { results: counting, front: frontOf(counting) } : { results, front };
}

/** Reads the trials with these numbers that have ended. */
type ReadEnded = (gaps: readonly Gap[]) => Promise<Ended>;

/** Trials that ended, in order. */
interface Ended {
  readonly numbers: readonly number[];
  /** Those that completed. */
  readonly results: readonly MetricResult[];
}

/** Looks for the trials below a number that have ended since. */
async function readOn(kept: Kept, next: number, read: ReadEnded): Promise<Kept> {
  let sought = withGap(kept.open, { low: kept.next, high: next });
  let now: Kept = { ...kept, next: Math.max(kept.next, next) };
  const open: Gap[] = [];
  while (sought.length > 0) {
    const { first, left } = firstOfGaps(sought, soughtAtOnce);
    const { numbers, results } = await read(first);
    now = withResults(now, results);
    open.push(...withoutNumbers(first, numbers));
    sought = left;
  }
  return { ...now, open };
}

function withResults(kept: Kept, news: readonly MetricResult[]): Kept {
  if (news.length === 0) return kept;
  const { open, next, results, front } = kept;
  // The front of all is among the front so far and the new results.
  return { open, next, results: merged(results, news), front: frontOf(merged(front, news)) };
}

/** Both by number: new results follow the known ones, but for those of trials that took long. */
function merged(known: readonly MetricResult[], news: readonly MetricResult[]): MetricResult[] {
  const first = news[0]?.number ?? Number.POSITIVE_INFINITY;
  const before = known.findLastIndex(({ number }) => number < first) + 1;
  const tail = [...known.slice(before), ...news];
  return known.slice(0, before).concat(before < known.length ? tail.sort((one, other) => one.number - other.number) : tail);
}

const stateSchema = z.array(z.object({ spec: rankedSpecSchema, next: z.int(), last: z.int().nullable() }));

async function readState(read: ReadRows, studyId: string) {
  const rows = await read(Prisma.sql`
    SELECT ${rankingRule} AS spec, study.suggested - study.skipped + study.known + study.enqueued AS next,
      (study.outcome ->> 'lastTrial')::int AS last
    FROM study WHERE study.id = ${studyId}::uuid`);
  return stateSchema.parse(rows)[0] ?? null;
}

const endedRows = z.array(rankedRowSchema.extend({ state: z.string() }).transform(withoutAbsent));
const endedStates = [...keptStates];

/** Ranges of `trial (study_id, state, number)`, one for each gap and state: trials that are open are not read. */
async function readEnded(
  read: ReadRows,
  spec: MeasuredSpec,
  { studyId, gaps }: { readonly studyId: string; readonly gaps: readonly Gap[] },
): Promise<Ended> {
  const [low, high] = [gaps.map((gap) => gap.low), gaps.map((gap) => gap.high)];
  const rows = endedRows.parse(
    await read(Prisma.sql`
      SELECT ended.* FROM unnest(${low}::int[], ${high}::int[]) AS gap (low, high) CROSS JOIN unnest(${endedStates}::text[]) AS final (state)
      CROSS JOIN LATERAL (
        SELECT number, state, value, violation, metric_values AS "metricValues", diverged FROM trial
        WHERE study_id = ${studyId}::uuid AND trial.state = final.state AND number >= gap.low AND number < gap.high
        OFFSET 0
      ) AS ended
      ORDER BY ended.number`),
  );
  const results = rows.flatMap(({ state, ...row }) => (state === 'completed' ? [metricResultOf(spec, row)] : []));
  return { numbers: rows.map(({ number }) => number), results };
}
