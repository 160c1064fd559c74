/** A chaos run from the command line: progress on standard error, the table on standard output, exit code 1 on any difference. */
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { runChaos } from './chaos.ts';
import { chaosTable } from './table.ts';

const help = `usage: npm run chaos [-- --kills N] [--seed N] [--minutes N] [--lease SECONDS] [--without-real] [--keep-logs]

Runs studies of every sampler on several processes, kills and disturbs these, and compares the results with an undisturbed run.

  --kills N        number of processes to kill (default 200)
  --seed N         seed of the disturbances and their times, repeatable as far as timing allows (default: drawn and printed)
  --minutes N      approximate time limit (default 15)
  --lease SECONDS  lease time, if not the product's default
  --without-real   run only fast trainings, which need no TensorFlow
  --keep-logs      keep the logs even if there is no difference
`;

/** Approximate time of the undisturbed runs at the start and of the last studies after the last kill. */
const undisturbedMinutes = 3;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      kills: { type: 'string', default: '200' },
      seed: { type: 'string', default: String(randomInt(1_000_000)) },
      minutes: { type: 'string', default: '15' },
      lease: { type: 'string' },
      'without-real': { type: 'boolean', default: false },
      'keep-logs': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return;
  }
  const [kills, seed, minutes] = [
    wholeNumber('--kills', values.kills),
    wholeNumber('--seed', values.seed),
    wholeNumber('--minutes', values.minutes),
  ];
  const disturbSeconds = Math.max(30, (minutes - undisturbedMinutes) * 60);
  const result = await runChaos({
    kills,
    seed,
    paceSeconds: Math.min(4, disturbSeconds / Math.max(1, kills)),
    disturbSeconds,
    real: !values['without-real'],
    keepLogs: values['keep-logs'],
    leaseSeconds: values.lease === undefined ? null : wholeNumber('--lease', values.lease),
    onProgress: (line) => process.stderr.write(`${line}\n`),
  });
  process.stdout.write(chaosTable(result));
  process.exitCode = result.differences.length > 0 ? 1 : 0;
}

function wholeNumber(name: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new Error(`${name} must be a whole number, got ${text}`);
  return Number(text);
}

// Guards end every process and the database when this process has ended.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    process.stderr.write('interrupted: all its processes are ended\n');
    process.exit(130);
  });
}
await main();
