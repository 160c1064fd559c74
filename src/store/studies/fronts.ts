import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { packed } from '../../studies/fronts/front-job.ts';
import { type FrontPlace, leastCrowded, type MetricResult, orientedPoint } from '../../studies/fronts/metric-result.ts';
import type { Trial } from '../../studies/model/trial.ts';
import type { FrontWorker } from '../../studies/ports/front-worker.ts';
import type { FrontProgress, ParetoFront, RankedTrial } from '../../studies/ports/fronts.ts';
import type { ReadRows } from '../database/database.ts';
import { Prisma } from '../generated/client.ts';
import { type MetricResults, metricResultCache } from './metric-results.ts';
import { trialColumns, trialRowSchema } from './raw-rows.ts';
import { trialFromRow } from './rows.ts';

/** Most places of a leaderboard that anybody asks for: they are ranked together. */
const placesAtMost = 200;
/** Studies whose places are kept. */
const studiesAtMost = 64;
/** Answers about hypervolumes that are kept: each is at most 100 numbers. */
const volumesAtMost = 256;
/** Above so many points on a front of four metrics, its growth has `fewEnds` hypervolumes: each takes up to a second. */
const [manyPoints, fewEnds] = [500, 10];

/** Reads of studies with several metrics, of one process. */
export interface FrontReads {
  /** The first trials of the leaderboard; null for a study with one metric. */
  leaders(read: ReadRows, studyId: string, limit: number): Promise<RankedTrial[] | null>;
  /** Number of trials on the front. */
  size(read: ReadRows, studyId: string): Promise<number>;
  /** null for a study with one metric. */
  front(
    read: ReadRows,
    studyId: string,
    options: { readonly limit: number; readonly reference?: readonly number[] | undefined },
  ): Promise<ParetoFront | null>;
  /** null for a study with one metric. */
  progress(read: ReadRows, studyId: string, atMost: number): Promise<FrontProgress | null>;
}

/** Reads that keep what they have read: those of a process, or of one snapshot, which sees the stored rows as they were when it began. */
export function frontReads(worker: FrontWorker): FrontReads {
  const results = metricResultCache();
  const ranked = new LRUCache<string, { readonly revision: string; readonly places: Promise<readonly FrontPlace[]> }>({
    max: studiesAtMost,
  });
  /** The places of one revision are ranked once, however many ask for them. */
  const placesOf = (studyId: string, found: MetricResults): Promise<readonly FrontPlace[]> => {
    const known = ranked.get(studyId);
    if (known?.revision === found.revision) return known.places;
    const places = worker.front({ kind: 'places', results: packed(found.results, found.spec.metrics.length), count: placesAtMost });
    ranked.set(studyId, { revision: found.revision, places });
    places.catch(() => ranked.delete(studyId));
    return places;
  };
  const measured = new LRUCache<string, Promise<Measured>>({ max: volumesAtMost });
  /** Hypervolumes of one revision, from one reference, are computed once. */
  const volumesOf = (studyId: string, found: MetricResults, { atMost, reference }: Wanted): Promise<Measured> => {
    const key = `${studyId} ${found.revision} ${atMost} ${reference}`;
    const known = measured.get(key);
    if (known) return known;
    const volumes = measure(worker, found, { atMost, reference });
    measured.set(key, volumes);
    volumes.catch(() => measured.delete(key));
    return volumes;
  };
  return {
    leaders: async (read, studyId, limit) => {
      const found = await results.of(read, studyId);
      return found && trialsAt(read, studyId, (await placesOf(studyId, found)).slice(0, limit));
    },
    size: async (read, studyId) => (await results.of(read, studyId))?.front.length ?? 0,
    front: async (read, studyId, { limit, reference }) => {
      const found = await results.of(read, studyId);
      if (!found) return null;
      const { spec, front } = found;
      const { reference: used, volumes } = await volumesOf(studyId, found, { atMost: null, reference });
      return {
        size: front.length,
        trials: await trialsAt(read, studyId, leastCrowded(front).slice(0, limit)),
        reference: used,
        hypervolume: volumes[0]?.volume ?? null,
        metrics: spec.metrics,
      };
    },
    progress: async (read, studyId, atMost) => {
      const found = await results.of(read, studyId);
      if (!found) return null;
      const { reference, volumes } = await volumesOf(studyId, found, { atMost });
      return { reference, volumes, front: found.front.map(({ number }) => number) };
    },
  };
}

/** Which hypervolumes: of the front, or at most so many of its growth. */
interface Wanted {
  readonly atMost: number | null;
  /** Default: the worst values. */
  readonly reference?: readonly number[] | undefined;
}

type Measured = Pick<FrontProgress, 'reference' | 'volumes'>;

/** Hypervolumes that are not too much work; see `mostVolumePoints`. */
async function measure(
  worker: FrontWorker,
  found: MetricResults,
  { atMost, reference = worstOf(found) ?? undefined }: Wanted,
): Promise<Measured> {
  const { spec, front, results } = found;
  if (!reference) return { reference: null, volumes: [] };
  const isCostly = spec.metrics.length > 3 && front.length > manyPoints;
  const ends = atMost === null ? [front.length] : evenly(results.length, isCostly ? Math.min(atMost, fewEnds) : atMost);
  const volumes = await worker.front(volumesJob(found, atMost === null ? front : results, { reference, ends }));
  return { reference, volumes: volumes.flatMap((volume, index) => (volume === null ? [] : [{ trials: ends[index] ?? 0, volume }])) };
}

function volumesJob(
  { spec: { metrics } }: MetricResults,
  results: readonly MetricResult[],
  { reference, ends }: { readonly reference: readonly number[]; readonly ends: readonly number[] },
) {
  const oriented = orientedPoint(metrics, reference);
  return { kind: 'volumes' as const, results: packed(results, metrics.length), reference: oriented, ends };
}

/** The worst value of each metric among the results that can be on a front; null if there is none. */
function worstOf({ spec: { metrics }, results }: MetricResults): number[] | null {
  const worst = metrics.map(() => Number.POSITIVE_INFINITY);
  for (const { values, violation = 0 } of results) {
    if (values === null || violation > 0) continue;
    for (const [metric, value] of values.entries()) worst[metric] = Math.min(worst[metric] ?? value, value);
  }
  return worst.every(Number.isFinite) ? orientedPoint(metrics, worst) : null;
}

/** At most so many numbers up to a last one, at even distances. */
function evenly(last: number, atMost: number): number[] {
  const count = Math.min(last, atMost);
  return Array.from({ length: count }, (_, index) => Math.round(((index + 1) * last) / count));
}

const trialRows = z.array(trialRowSchema);

/** Reads trials by their numbers, in the order of their places. */
async function trialsAt(read: ReadRows, studyId: string, places: readonly FrontPlace[]): Promise<RankedTrial[]> {
  const numbers = places.map(({ number }) => number);
  const rows = await read(Prisma.sql`
    SELECT ${trialColumns} FROM trial WHERE trial.study_id = ${studyId}::uuid AND trial.number = ANY (${numbers}::int[])`);
  const trials = new Map(trialRows.parse(rows).map((row): [number, Trial] => [row.number, trialFromRow(row)]));
  return places.flatMap(({ number, front, crowding }) => {
    const trial = trials.get(number);
    return trial ? [{ ...trial, front, crowding }] : [];
  });
}
