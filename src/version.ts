import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

/** The version of the service, from package.json. */
export const version: string = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(packageFileAbove(dirname(fileURLToPath(import.meta.url))), 'utf8'))).version;

/** Path of the nearest package.json at or above a folder: sources and compiled files lie at different depths. */
function packageFileAbove(folder: string): string {
  const file = join(folder, 'package.json');
  return existsSync(file) || dirname(folder) === folder ? file : packageFileAbove(dirname(folder));
}
