import { readFile } from 'node:fs/promises';
import { addAbortSignal, type Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { UsageError } from './exit-codes.ts';

/** Standard input, and the signal that stops waiting for it. */
export interface PipedIn {
  readonly input: Readable;
  readonly stop: AbortSignal;
}

/**
 * Reads a definition in JSON. The service validates it.
 *
 * @param file its path, or `-` for standard input
 * @throws UsageError if it cannot be read or is not a JSON object
 */
export async function readDefinition(file: string, piped: PipedIn): Promise<Record<string, unknown>> {
  const written = await contents(file, piped);
  let value: unknown;
  try {
    value = JSON.parse(written);
  } catch (error) {
    throw new UsageError(`${nameOf(file)} is not JSON: ${wordsOf(error)}`);
  }
  if (!isObject(value)) throw new UsageError(`${nameOf(file)} must contain a JSON object, the definition`);
  return value;
}

async function contents(file: string, { input, stop }: PipedIn): Promise<string> {
  if (file === '-') return text(addAbortSignal(stop, input));
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new UsageError(`cannot read ${file}: ${wordsOf(error)}`);
  }
}

function nameOf(file: string): string {
  return file === '-' ? 'standard input' : file;
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
