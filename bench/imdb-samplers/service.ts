import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '../../src/client/client.ts';
import { type Run, runSchema } from './results.ts';
import { identityOf, labelsOf, type Search, studyOf } from './searches.ts';

interface RunOptions {
  /** Searches that the service makes at the same time: as many as it has slots keep them all busy. */
  readonly atOnce: number;
  /** Time between two looks at the studies. */
  readonly pollMs: number;
  /** `performance.now()` after which no search is waited for. */
  readonly end: number;
  readonly onEnded: (run: Run) => void;
  readonly onProgress: (text: string) => void;
}

/**
 * Makes searches on a service, in order. A search that an earlier call began goes on.
 *
 * @throws Error if a study does not complete
 */
export async function runSearches(
  client: Client,
  searches: readonly Search[],
  { atOnce, pollMs, end, onEnded, onProgress }: RunOptions,
): Promise<void> {
  const waiting = [...searches];
  let open: { search: Search; id: string }[] = [];
  while (open.length + waiting.length > 0 && performance.now() < end) {
    for (const search of waiting.splice(0, atOnce - open.length)) open.push({ search, id: await begun(client, search) });
    const looks = await Promise.all(open.map(async (one) => ({ ...one, study: await client.getStudy(one.id) })));
    for (const { search, id, study } of looks) {
      if (study.state === 'completed') onEnded(await runOf(client, search, id));
      else if (study.state !== 'active')
        throw new Error(
          `the study ${id} of ${search.sampler}, seed ${search.seed}, is ${study.state}: delete it, and the next call makes it anew`,
        );
    }
    open = looks.filter(({ study }) => study.state === 'active');
    const states = looks.map(({ search: { sampler, seed }, study }) => `${sampler} ${seed}: ${study.progress.finished} trials`);
    onProgress(`${states.join(', ')}; ${waiting.length} more searches`);
    if (open.length > 0) await delay(Math.max(0, Math.min(pollMs, end - performance.now())));
  }
}

/** The id of the study of a search, which is created unless it is there. */
async function begun(client: Client, search: Search): Promise<string> {
  const label = Object.entries(labelsOf(search)).map(([name, value]) => `${name}=${value}`);
  for await (const { id } of client.listStudies({ label })) return id;
  return (await client.createStudy(studyOf(search))).id;
}

async function runOf(client: Client, search: Search, id: string): Promise<Run> {
  const trials: object[] = [];
  for await (const { number, parameters, value } of client.listTrials(id)) trials[number] = { ...parameters, accuracy: value };
  return runSchema.parse({ ...search, identity: identityOf(search), trials });
}
