import { writeFile } from 'node:fs/promises';
import { UsageError } from './exit-codes.ts';

/** Writes a text into a file that a person named, over what it held. @throws UsageError where that cannot be done */
export async function writeOutputFile(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (error) {
    throw new UsageError(`cannot write ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
