import { hypervolume } from '../../pareto/hypervolume.ts';
import type { FrontAnswers, FrontJob, FrontWorker, PackedResults } from '../ports/front-worker.ts';
import { frontOf, type MetricResult, placesOf } from './metric-result.ts';

/** Largest front of four metrics whose hypervolume is computed: a second of work, which grows by the square. */
export const mostVolumePoints = 2000;

/** Does a job. A pure function, in any thread. */
export function frontAnswer(job: FrontJob): FrontAnswers[FrontJob['kind']] {
  const results = unpacked(job.results);
  return job.kind === 'places' ? placesOf(results, job.count) : volumesOf(results, job);
}

/** The front of the first results is among the front before and the results since. */
function volumesOf(results: readonly MetricResult[], { reference, ends }: Extract<FrontJob, { kind: 'volumes' }>): (number | null)[] {
  let front: MetricResult[] = [];
  let done = 0;
  return ends.map((end) => {
    front = frontOf([...front, ...results.slice(done, end)]);
    done = end;
    if (reference.length > 3 && front.length > mostVolumePoints) return null;
    return hypervolume(
      front.map(({ values }) => values ?? []),
      reference,
    );
  });
}

/** Packs results for another thread. */
export function packed(results: readonly MetricResult[], metrics: number): PackedResults {
  const values = new Float64Array(results.length * metrics).fill(Number.NaN);
  for (let index = 0; index < results.length; index += 1) {
    const point = results[index]?.values;
    for (let metric = 0; point && metric < metrics; metric += 1) values[index * metrics + metric] = point[metric] ?? Number.NaN;
  }
  const isLimited = results.some(({ violation }) => violation !== undefined);
  return {
    metrics,
    numbers: Int32Array.from(results, ({ number }) => number),
    values,
    violations: isLimited ? Float64Array.from(results, ({ violation = 0 }) => violation) : null,
  };
}

function unpacked({ metrics, numbers, values, violations }: PackedResults): MetricResult[] {
  return Array.from(numbers, (number, index) => {
    const point = Array.from(values.subarray(index * metrics, (index + 1) * metrics));
    const violation = violations?.[index];
    return { number, values: point.some(Number.isNaN) ? null : point, ...(violation !== undefined && { violation }) };
  });
}

/** Does jobs on the caller's own thread: for tests and tools, which may block. */
export const inProcessFronts: FrontWorker = {
  // The answer is of the kind of the job.
  front: async (job) => frontAnswer(job) as FrontAnswers[typeof job.kind],
};
