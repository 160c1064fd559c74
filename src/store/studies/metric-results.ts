import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import type { MeasuredSpec } from '../../studies/definition/ranking.ts';
import { frontOf, type MetricResult, metricResultOf } from '../../studies/fronts/metric-result.ts';
import type { ReadRows } from '../database/database.ts';
import { Prisma } from '../generated/client.ts';
import { rankedSpecSchema, rankingRule } from './ranking-metric.ts';
import { rankedRowSchema, withoutAbsent } from './raw-rows.ts';

/** Trials that are read at a time: some 10 ms of work. */
const readAtOnce = 1000;
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

/** Reads results, of which those that a search has observed never change: a process reads each of them once. */
export interface MetricResultCache {
  /** null: there is no such study, or it has one metric. */
  of(read: ReadRows, studyId: string): Promise<MetricResults | null>;
}

interface Kept {
  /** Trials below this number were observed, and are among the results if they completed. */
  readonly upTo: number;
  readonly results: readonly MetricResult[];
  readonly front: readonly MetricResult[];
  /** Of an ended study: those up to the last trial that counts. */
  readonly cut?: Counting & { readonly last: number };
}

const nothing: Kept = { upTo: 0, results: [], front: [] };

/** A cache; `isKept` false: it reads everything each time, as a verification has to. */
export function metricResultCache({ isKept }: { readonly isKept: boolean }): MetricResultCache {
  const kept = new LRUCache<string, Kept>({ maxSize: resultsAtMost, sizeCalculation: ({ results }) => Math.max(1, results.length) });
  /** The reads in progress: each goes on from the one before, so that no result is read twice. */
  const reading = new Map<string, Promise<Kept>>();
  const observedOf = async (studyId: string, end: number, read: ReadRange): Promise<Kept> => {
    const earlier = reading.get(studyId);
    const mine = (async () => {
      // A read that fails tells its own caller.
      const [done] = await Promise.allSettled(earlier ? [earlier] : []);
      const before = kept.get(studyId) ?? (done?.status === 'fulfilled' ? done.value : nothing);
      const observed = await addedTo(before, end, read);
      if (isKept && observed !== before) kept.set(studyId, observed);
      return observed;
    })();
    reading.set(studyId, mine);
    try {
      return await mine;
    } finally {
      if (reading.get(studyId) === mine) reading.delete(studyId);
    }
  };
  return {
    of: async (read, studyId) => {
      const study = await readState(read, studyId);
      if (!study || study.spec.metrics.length < 2) return null;
      const { spec, last } = study;
      const range: ReadRange = (from, to) => readResults(read, spec, { studyId, from, to });
      const observed = await observedOf(studyId, study.observed, range);
      if (last === null || last >= observed.upTo) {
        const counting = upTo(await addedTo(observed, study.next, range), last);
        return { spec, ...counting, revision: revisionOf(counting, last) };
      }
      const cut = observed.cut?.last === last ? observed.cut : { last, ...upTo(observed, last) };
      if (isKept && cut !== observed.cut && kept.peek(studyId) === observed) kept.set(studyId, { ...observed, cut });
      return { spec, results: cut.results, front: cut.front, revision: revisionOf(cut, last) };
    },
  };
}

function revisionOf({ results }: Counting, last: number | null): string {
  return `${results.length} ${last}`;
}

/** The results up to the last trial that counts. */
function upTo({ results, front }: Kept, last: number | null): Counting {
  const counting = last === null ? results : results.filter(({ number }) => number <= last);
  return counting.length < results.length ? { results: counting, front: frontOf(counting) } : { results, front };
}

/** Reads the results of trials `from` … `to` − 1. */
type ReadRange = (from: number, to: number) => Promise<MetricResult[]>;

async function addedTo(kept: Kept, end: number, read: ReadRange): Promise<Kept> {
  if (kept.upTo >= end) return kept;
  let { upTo, results, front } = kept;
  for (; upTo < end; upTo = Math.min(end, upTo + readAtOnce)) {
    const news = await read(upTo, Math.min(end, upTo + readAtOnce));
    results = results.concat(news);
    // The front of all is among the front so far and the new results.
    front = frontOf([...front, ...news]);
  }
  return { upTo, results, front };
}

const stateSchema = z.array(z.object({ spec: rankedSpecSchema, observed: z.int(), next: z.int(), last: z.int().nullable() }));

async function readState(read: ReadRows, studyId: string) {
  const rows = await read(Prisma.sql`
    SELECT ${rankingRule} AS spec, study.observed, study.suggested - study.skipped + study.known + study.enqueued AS next,
      (study.outcome ->> 'lastTrial')::int AS last
    FROM study WHERE study.id = ${studyId}::uuid`);
  return stateSchema.parse(rows)[0] ?? null;
}

const resultRows = z.array(rankedRowSchema.transform(withoutAbsent));

/** One range of `trial (study_id, number)`. */
async function readResults(
  read: ReadRows,
  spec: MeasuredSpec,
  { studyId, from, to }: { readonly studyId: string; readonly from: number; readonly to: number },
): Promise<MetricResult[]> {
  const rows = await read(Prisma.sql`
    SELECT number, value, violation, metric_values AS "metricValues", diverged FROM trial
    WHERE study_id = ${studyId}::uuid AND number >= ${from}::int AND number < ${to}::int AND state = 'completed' ORDER BY number`);
  return resultRows.parse(rows).map((row) => metricResultOf(spec, row));
}
