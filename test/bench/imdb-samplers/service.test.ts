import { expect, test } from 'vitest';
import type { Run } from '../../../bench/imdb-samplers/results.ts';
import { identityOf, labelsOf, type Search } from '../../../bench/imdb-samplers/searches.ts';
import { runSearches } from '../../../bench/imdb-samplers/service.ts';
import type { Client } from '../../../src/client/client.ts';

const parameters = { learningRate: 0.01, hiddenUnits: 5, maxLength: 100 };

/** A service whose studies end in a state at the second look at them. */
class FakeStudies {
  readonly created: string[] = [];
  readonly client: Client;
  /** Studies that were looked at and have not ended, at most at once. */
  mostActive = 0;

  constructor(known: readonly Search[], end: string) {
    const ids = new Map(known.map((search) => [JSON.stringify(labelsOf(search)), `old ${search.sampler}`]));
    const active = new Set<string>();
    const trial = (number: number) => ({ number, parameters: { ...parameters, epochs: number + 1 }, value: number / 10 });
    this.client = {
      listStudies: async function* ({ label }: { readonly label: readonly string[] }) {
        const id = ids.get(JSON.stringify(Object.fromEntries(label.map((one) => one.split('=')))));
        if (id !== undefined) yield { id };
      },
      createStudy: async ({ name }: { readonly name: string }) => {
        this.created.push(name);
        return { id: name };
      },
      getStudy: async (id: string) => {
        const isSecond = active.delete(id);
        if (!isSecond) active.add(id);
        this.mostActive = Math.max(this.mostActive, active.size);
        return { state: isSecond ? end : 'active', progress: { finished: 2 } };
      },
      // Lists are newest first.
      listTrials: async function* () {
        yield* [trial(1), trial(0)];
      },
    } as unknown as Client; // only the methods that the bench calls
  }
}

const searches: readonly Search[] = [
  { sampler: 'gp', seed: 1 },
  { sampler: 'random', seed: 1 },
  { sampler: 'tpe', seed: 1 },
];

async function ended(service: FakeStudies, { atOnce = 1, end = Number.POSITIVE_INFINITY } = {}): Promise<Run[]> {
  const runs: Run[] = [];
  const options = { atOnce, pollMs: 0, end, onEnded: (run: Run) => runs.push(run), onProgress: () => undefined };
  await runSearches(service.client, searches, options);
  return runs;
}

test('a search that an earlier call began is found by its labels; the others are created', async () => {
  const service = new FakeStudies([{ sampler: 'gp', seed: 1 }], 'completed');
  const trials = [
    { ...parameters, epochs: 1, accuracy: 0 },
    { ...parameters, epochs: 2, accuracy: 0.1 },
  ];
  expect(await ended(service)).toEqual(searches.map((search) => ({ ...search, identity: identityOf(search), trials })));
  expect(service.created).toEqual(['imdb-samplers random 1', 'imdb-samplers tpe 1']);
});

test.each([1, 2])('so many searches run at the same time: %d', async (atOnce) => {
  const service = new FakeStudies([], 'completed');
  expect(await ended(service, { atOnce })).toHaveLength(3);
  expect(service.mostActive).toBe(atOnce);
});

test('nothing is begun after the end of the sitting', async () => {
  const service = new FakeStudies([], 'completed');
  expect(await ended(service, { end: performance.now() })).toEqual([]);
  expect(service.created).toEqual([]);
});

test('a study that did not complete is named, with what to do', async () => {
  const message = 'the study imdb-samplers gp 1 of gp, seed 1, is failed: delete it, and the next call makes it anew';
  await expect(ended(new FakeStudies([], 'failed'))).rejects.toThrow(message);
});
