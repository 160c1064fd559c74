import { readFile } from 'node:fs/promises';
import { addAbortSignal, type Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { UsageError } from './exit-codes.ts';

/** Where a definition may come from when it is piped in, and what ends the waiting for it. */
export interface PipedIn {
  readonly input: Readable;
  readonly stop: AbortSignal;
}

/**
 * Reads a definition in JSON. What it means is for the service to check.
 *
 * @param file its path, or `-` for what is piped in
 * @throws UsageError where it cannot be read or is no JSON object
 */
export async function readDefinition(file: string, piped: PipedIn): Promise<Record<string, unknown>> {
  const written = await contents(file, piped);
  let value: unknown;
  try {
    value = JSON.parse(written);
  } catch (error) {
    throw new UsageError(`${nameOf(file)} is not JSON: ${wordsOf(error)}`);
  }
  if (!isObject(value)) throw new UsageError(`${nameOf(file)} must hold a JSON object: the definition`);
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
  return file === '-' ? 'what is piped in' : file;
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
