import { buildDataset } from '../../../../src/objectives/text-classifier/datasets/build.ts';

/** Prepares 60 texts of two kinds in a folder: 30 to train on, 20 to validate, 10 to test. */
export async function buildTinyDataset(folder: string): Promise<void> {
  const texts = Array.from({ length: 60 }, (_, row) => ({
    path: `${row}`,
    label: (row % 2) as 0 | 1,
    text: row % 2 === 0 ? 'dull long film' : 'a fine film',
  }));
  const range = (from: number, end: number): Uint32Array => Uint32Array.from({ length: end - from }, (_, index) => from + index);
  const source = {
    identity: 'tiny',
    read: async function* () {
      yield* texts;
    },
    assign: () => ({ train: range(0, 30), validation: range(30, 50), test: range(50, 60) }),
  };
  await buildDataset({ name: 'tiny', source, folder, onProgress: () => undefined });
}
