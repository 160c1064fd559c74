/** A trainer that dies before it is ready, as often as the file `deaths` beside it says (DEATHS_FILE), and is the fake one after that. */
import { readFileSync, writeFileSync } from 'node:fs';

const file = process.env.DEATHS_FILE;
const left = Number(readFileSync(file, 'utf8'));
if (left > 0) {
  writeFileSync(file, String(left - 1));
  process.kill(process.pid, 'SIGKILL');
}
await import('./fake-trainer.mjs');
