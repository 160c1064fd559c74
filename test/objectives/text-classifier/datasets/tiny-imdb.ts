import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';

/** Hand-written reviews in the layout of the official archive, with two files that are no labelled reviews. */
export const REVIEWS: Readonly<Record<string, string>> = {
  'aclImdb/README': 'nothing to see',
  'aclImdb/train/pos/0_9.txt': 'A good, good film.<br /><br />Really good!',
  'aclImdb/train/pos/1_8.txt': 'What a film',
  'aclImdb/train/pos/2_7.txt': "I didn't expect a good film",
  'aclImdb/train/neg/0_1.txt': 'A bad film',
  'aclImdb/train/neg/1_2.txt': 'Bad acting, bad film. Café noir it is not',
  'aclImdb/train/unsup/0_0.txt': 'unsupervised unsupervised unsupervised',
  'aclImdb/test/pos/0_10.txt': 'Good film with unseenword',
  'aclImdb/test/neg/0_3.txt': 'Bad',
};

/** The bytes of a `.tar.gz` of some files, in the given order, and of hard links by their targets. */
export async function archiveOf(
  files: Readonly<Record<string, string | Buffer>>,
  links: Readonly<Record<string, string>> = {},
): Promise<Buffer> {
  const tar = pack();
  for (const [name, text] of Object.entries(files)) tar.entry({ name }, text);
  for (const [name, linkname] of Object.entries(links)) tar.entry({ name, type: 'link', linkname });
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) if (chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk));
  return gzipSync(Buffer.concat(chunks));
}

/** A folder of its own for one test, removed at the end, with an archive in it. */
export async function tinyWorld(archive: Uint8Array | null = null): Promise<{ folder: string; archive: string } & AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), 'clavier-dataset-'));
  const path = join(folder, 'reviews.tar.gz');
  await writeFile(path, archive ?? (await archiveOf(REVIEWS)));
  return { folder, archive: path, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}
