import { writeFile } from 'node:fs/promises';
import { UsageError } from './exit-codes.ts';

/** Writes a text to a file and replaces its content. @throws UsageError if it cannot be written */
export async function writeOutputFile(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (error) {
    throw new UsageError(`cannot write ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
