import { z } from 'zod';
import { digestOf } from '../../../shared/digest.ts';

/** Changes with the layout of the files of a prepared dataset. */
export const FORMAT_VERSION = 1;

/** Name of the file that describes a prepared dataset; it is written last. */
export const MANIFEST_FILE = 'manifest.json';

const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.int().min(0);

const fileSchema = z.strictObject({ bytes: count, sha256: sha256Schema });
const splitSchema = fileSchema.extend({ rows: z.int().min(1), positives: count, tokens: count });

/** What `manifest.json` of a prepared dataset says. */
export const manifestSchema = z.strictObject({
  format: z.literal(FORMAT_VERSION),
  name: z.string().min(1).max(100),
  /** See `TOKENIZER_VERSION`. */
  tokenizer: count,
  /** What the texts were read from: the digest of an archive, or a package and its version. */
  source: z.string().min(1).max(300),
  /** `vocabulary.json`: a JSON array of the stored words by rank. */
  vocabulary: fileSchema.extend({ words: count }),
  splits: z.strictObject({ train: splitSchema, validation: splitSchema, test: splitSchema }),
  /** See `datasetDigest`. */
  digest: sha256Schema,
});

export type Manifest = z.output<typeof manifestSchema>;

/**
 * The digest of a dataset, which is part of every trial's digest: over its name, the tokeniser's version and all of its
 * rows and words, by the digests of their files. Not over the source: the same texts packed otherwise are one dataset.
 */
export function datasetDigest({
  name,
  tokenizer,
  vocabulary,
  splits,
}: Pick<Manifest, 'name' | 'tokenizer' | 'vocabulary' | 'splits'>): string {
  return digestOf({ name, tokenizer, vocabulary, splits });
}

/** Every file of a prepared dataset beside the manifest, with what the manifest says of it. */
export function filesOf(manifest: Pick<Manifest, 'vocabulary' | 'splits'>): { file: string; bytes: number; sha256: string }[] {
  const { vocabulary, splits } = manifest;
  const { train, validation, test } = splits;
  const named = { 'vocabulary.json': vocabulary, 'train.bin': train, 'validation.bin': validation, 'test.bin': test };
  return Object.entries(named).map(([file, { bytes, sha256 }]) => ({ file, bytes, sha256 }));
}
