/** A storm from the command line: progress on standard error, the counts on standard output, exit code 1 on any difference. */
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { startChaosPostgres } from '../chaos/postgres.ts';
import { temporaryFolder } from '../store/temporary-folder.ts';
import { runStorm } from './storm.ts';
import { roughHabits, stormStudy } from './storm-study.ts';

const help = `usage: npm run storm [-- --trials N] [--workers N] [--kill-seconds N] [--work-ms N] [--seed N]

Runs a study by workers of which every fifth dies and every tenth stalls past its lease, through two api processes of which one after the
other is killed, on a PostgreSQL with the durability that users have. Checks that each trial is completed once with a result that was
answered 200, that the study verifies, and that its export imports.

  --trials N        budget of the study (default 2000)
  --workers N       workers at a time (default 32)
  --kill-seconds N  time for which both are up before a kill (default 20)
  --work-ms N       longest time of an evaluation (default 3000)
  --seed N          seed of what the workers do (default: drawn)
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      trials: { type: 'string', default: '2000' },
      workers: { type: 'string', default: '32' },
      'kill-seconds': { type: 'string', default: '20' },
      'work-ms': { type: 'string', default: '3000' },
      seed: { type: 'string', default: String(randomInt(1_000_000)) },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return;
  }
  const [trials, workers, killSeconds, workMs, seed] = [
    wholeNumber('--trials', values.trials),
    wholeNumber('--workers', values.workers),
    wholeNumber('--kill-seconds', values['kill-seconds']),
    wholeNumber('--work-ms', values['work-ms']),
    wholeNumber('--seed', values.seed),
  ];
  await using folder = await temporaryFolder();
  await using postgres = await startChaosPostgres(folder.path);
  const { tally, differences, seconds } = await runStorm({
    databaseUrl: postgres.url(await postgres.createDatabase('storm')),
    folder: folder.path,
    study: stormStudy({ budget: { trials } }),
    trials,
    workers,
    killSeconds,
    habits: { ...roughHabits, workMs },
    seed,
    onProgress: (line) => process.stderr.write(`${line}\n`),
  });
  process.stdout.write(`seed ${seed}, seconds ${seconds.toFixed(0)}\n${tally.table()}\ndifferences  ${differences.length}\n`);
  for (const difference of differences) process.stdout.write(`- ${difference}\n`);
  process.exitCode = differences.length > 0 ? 1 : 0;
}

function wholeNumber(name: string, text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new Error(`${name} must be a whole number from 1, got ${text}`);
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
