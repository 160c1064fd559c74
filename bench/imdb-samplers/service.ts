import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '../../src/client/client.ts';
import type { Run } from './results.ts';
import { labelsOf, type Search, studyOf } from './searches.ts';

const pollMs = 10_000;

interface RunOptions {
  /** `performance.now()` after which no search is waited for. */
  readonly end: number;
  readonly onEnded: (run: Run) => void;
  readonly onProgress: (text: string) => void;
}

/**
 * Makes searches on a service, seed by seed: those of one seed at the same time. A search that an earlier call began goes on.
 *
 * @throws Error if a study does not complete
 */
export async function runSearches(client: Client, searches: readonly Search[], options: RunOptions): Promise<void> {
  for (const seed of new Set(searches.map((search) => search.seed))) {
    let open = await Promise.all(
      searches.filter((search) => search.seed === seed).map(async (search) => ({ search, id: await begun(client, search) })),
    );
    while (open.length > 0 && performance.now() < options.end) {
      const looks = await Promise.all(open.map(async ({ search, id }) => ({ search, id, study: await client.getStudy(id) })));
      for (const { search, id, study } of looks) {
        if (study.state === 'completed') options.onEnded(await runOf(client, search, id));
        else if (study.state !== 'active') throw new Error(`the study ${id} of ${search.sampler}, seed ${seed}, is ${study.state}`);
      }
      open = looks.filter(({ study }) => study.state === 'active');
      options.onProgress(
        `seed ${seed}: ${looks.map(({ search, study }) => `${search.sampler} ${study.progress.finished}`).join(', ')} trials`,
      );
      if (open.length > 0) await delay(Math.max(0, Math.min(pollMs, options.end - performance.now())));
    }
  }
}

/** The id of the study of a search, which is created unless it is there. */
async function begun(client: Client, search: Search): Promise<string> {
  const label = Object.entries(labelsOf(search)).map(([name, value]) => `${name}=${value}`);
  for await (const { id } of client.listStudies({ label })) return id;
  return (await client.createStudy(studyOf(search))).id;
}

async function runOf(client: Client, search: Search, id: string): Promise<Run> {
  const trials: Run['trials'] = [];
  for await (const { number, parameters, value, stepsTrained } of client.listTrials(id))
    trials[number] = { parameters: numbersOf(parameters), accuracy: value, epochsTrained: stepsTrained };
  return { ...search, trials };
}

function numbersOf(parameters: Readonly<Record<string, unknown>>): Record<string, number> {
  return Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, Number(value)]));
}
