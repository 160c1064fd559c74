import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
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
 * Writes lines to a file as they come. A regular file keeps its content until all lines are written: they are collected in a file beside it,
 * which then replaces it, or is removed after an error. A link stays a link. A device or a pipe is written to directly.
 *
 * @throws UsageError if it cannot be written
 */
export async function writeOutputLines(file: string, lines: AsyncIterable<string>): Promise<void> {
  const target = await realpath(file).catch(() => file);
  const existing = await stat(target).catch(() => null);
  if (existing && !existing.isFile()) return writeTo(target, file, lines);
  const part = `${target}.${randomUUID()}.part`;
  try {
    await writeTo(part, file, lines);
    await rename(part, target).catch((error: unknown) => refuse(file, error));
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

/** @param file the name that an error shows */
async function writeTo(path: string, file: string, lines: AsyncIterable<string>): Promise<void> {
  const stream = createWriteStream(path);
  await once(stream, 'open').catch((error: unknown) => refuse(file, error));
  try {
    const written = finished(stream).catch((error: unknown) => refuse(file, error));
    await Promise.race([writeLines(stream, lines), written]);
    stream.end();
    await written;
  } catch (error) {
    stream.destroy();
    throw error;
  }
}

function refuse(file: string, error: unknown): never {
  throw new UsageError(`cannot write ${file}: ${error instanceof Error ? error.message : String(error)}`);
}
