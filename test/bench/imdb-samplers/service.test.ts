import { expect, test } from 'vitest';
import type { Run } from '../../../bench/imdb-samplers/results.ts';
import { labelsOf, type Search } from '../../../bench/imdb-samplers/searches.ts';
import { runSearches } from '../../../bench/imdb-samplers/service.ts';
import type { Client } from '../../../src/client/client.ts';

const parameters = { learningRate: 0.01, hiddenUnits: 5, maxLength: 100 };

/** A service whose studies have the given state and two trials. */
class FakeStudies {
  readonly created: string[] = [];
  readonly client: Client;

  constructor(known: readonly Search[], state: string) {
    const ids = new Map(known.map((search) => [JSON.stringify(labelsOf(search)), `old ${search.sampler}`]));
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
      getStudy: async () => ({ state, progress: { finished: 2 } }),
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
];

async function ended(service: FakeStudies): Promise<Run[]> {
  const runs: Run[] = [];
  await runSearches(service.client, searches, {
    atOnce: 1,
    end: Number.POSITIVE_INFINITY,
    onEnded: (run) => runs.push(run),
    onProgress: () => undefined,
  });
  return runs;
}

test('a search that an earlier call began is found by its labels; the others are created', async () => {
  const service = new FakeStudies([{ sampler: 'gp', seed: 1 }], 'completed');
  const trials = [
    { ...parameters, epochs: 1, accuracy: 0 },
    { ...parameters, epochs: 2, accuracy: 0.1 },
  ];
  expect(await ended(service)).toEqual(searches.map((search) => ({ ...search, trials })));
  expect(service.created).toEqual(['imdb-samplers random 1']);
});

test('a study that did not complete is named', async () => {
  await expect(ended(new FakeStudies([], 'failed'))).rejects.toThrow('the study imdb-samplers gp 1 of gp, seed 1, is failed');
});
