/** A trainer that dies before it is ready as often as the file FAILED_STARTS_FILE says, and is the fake one after that. */
import { readFileSync, writeFileSync } from 'node:fs';

const file = process.env.FAILED_STARTS_FILE;
const left = Number(readFileSync(file, 'utf8'));
if (left > 0) {
  writeFileSync(file, String(left - 1));
  process.kill(process.pid, 'SIGKILL');
}
await import('./fake-trainer.mjs');
