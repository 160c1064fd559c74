import { z } from 'zod';
import { digestOf } from '../../../shared/digest.ts';

/** Version of the file layout of a prepared dataset. */
export const formatVersion = 1;

/** Name of the file that describes a prepared dataset. It is written last. */
export const manifestFile = 'manifest.json';

const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.int().min(0);

const fileSchema = z.strictObject({ bytes: count, sha256: sha256Schema });
const splitSchema = fileSchema.extend({ rows: z.int().min(1), positives: count, tokens: count });

/** Schema of a prepared dataset's `manifest.json`. */
export const manifestSchema = z.strictObject({
  format: z.literal(formatVersion),
  name: z.string().min(1).max(100),
  /** See `tokenizerVersion`. */
  tokenizer: count,
  /** Identity of the source of the texts: the digest of an archive, or a package and its version. */
  source: z.string().min(1).max(300),
  /** Describes `vocabulary.json`, a JSON array of the stored words by rank. */
  vocabulary: fileSchema.extend({ words: count }),
  splits: z.strictObject({ train: splitSchema, validation: splitSchema, test: splitSchema }),
  /** See `datasetDigest`. */
  digest: sha256Schema,
});

export type Manifest = z.output<typeof manifestSchema>;

/**
 * Computes the digest of a dataset, which is part of every trial's digest, over its name, the tokeniser's version and all
 * of its rows and words (by the digests of their files). The source is not part of it: the same texts in another archive
 * are the same dataset.
 */
export function datasetDigest({
  name,
  tokenizer,
  vocabulary,
  splits,
}: Pick<Manifest, 'name' | 'tokenizer' | 'vocabulary' | 'splits'>): string {
  return digestOf({ name, tokenizer, vocabulary, splits });
}

/** Lists the files of a prepared dataset, except the manifest, with the size and digest from the manifest. */
export function filesOf(manifest: Pick<Manifest, 'vocabulary' | 'splits'>): { file: string; bytes: number; sha256: string }[] {
  const { vocabulary, splits } = manifest;
  const { train, validation, test } = splits;
  const named = { 'vocabulary.json': vocabulary, 'train.bin': train, 'validation.bin': validation, 'test.bin': test };
  return Object.entries(named).map(([file, { bytes, sha256 }]) => ({ file, bytes, sha256 }));
}
