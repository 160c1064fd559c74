import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import { UsageError } from './exit-codes.ts';

/** Writes a text to a file and replaces its content. @throws UsageError if it cannot be written */
export async function writeOutputFile(file: string, text: string): Promise<void> {
  await writeFile(file, text).catch((error: unknown) => refuse(file, error));
}

/** Writes lines to a stream as they come, no faster than it takes them. */
export async function writeLines(stream: NodeJS.WritableStream, lines: AsyncIterable<string>): Promise<void> {
  for await (const line of lines) if (!stream.write(`${line}\n`)) await once(stream, 'drain');
}

/**
 * Writes lines to a file as they come and replaces its content once all of them are written: until then they are in `<file>.part`, which
 * is removed if the lines end with an error.
 *
 * @throws UsageError if it cannot be written
 */
export async function writeOutputLines(file: string, lines: AsyncIterable<string>): Promise<void> {
  const part = `${file}.part`;
  const stream = createWriteStream(part);
  await once(stream, 'open').catch((error: unknown) => refuse(file, error));
  try {
    const written = finished(stream).catch((error: unknown) => refuse(file, error));
    await Promise.race([writeLines(stream, lines), written]);
    stream.end();
    await written;
    await rename(part, file).catch((error: unknown) => refuse(file, error));
  } catch (error) {
    stream.destroy();
    await rm(part, { force: true });
    throw error;
  }
}

function refuse(file: string, error: unknown): never {
  throw new UsageError(`cannot write ${file}: ${error instanceof Error ? error.message : String(error)}`);
}
