import type { RunnerSettings, RunnerWorld } from './ports.ts';

/**
 * Logs which objectives no living runner can evaluate, so that their studies wait: once when it begins and once when it is over.
 * Runners that have not been seen for five sweeps do not count.
 *
 * @returns the check, which each sweep runs
 */
export function unevaluableWatch(
  { sweep, log }: Pick<RunnerWorld, 'sweep' | 'log'>,
  { sweepSeconds }: Pick<RunnerSettings, 'sweepSeconds'>,
): () => Promise<void> {
  let told = new Set<string>();
  return async () => {
    const now = new Set<string>();
    for (const { objective, studies } of await sweep.unevaluable(sweepSeconds * 5)) {
      const words = `${objective.name} version ${objective.version}`;
      now.add(words);
      if (!told.has(words)) log.warn({ objective, studies }, `no living runner can evaluate ${words}: the trials of its studies wait`);
    }
    for (const words of told) if (!now.has(words)) log.info({}, `no study waits for a runner that can evaluate ${words} any more`);
    told = now;
  };
}
