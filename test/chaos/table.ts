import type { ChaosResult } from './chaos.ts';
import { counted, kills } from './tally.ts';

/** Formats the result of a run for people: the counts, the recovery times, and every difference with the path of its logs. */
export function chaosTable({ tally, recovery, differences, seconds, folder }: ChaosResult): string {
  const again = tally.of('steps trained again');
  const rows: [string, string][] = [
    ['kills', String(tally.kills())],
    ...counted.map((what): [string, string] => [`${kills.includes(what) ? '  ' : ''}${what}`, String(tally.of(what))]),
    ['  for each kill', tally.kills() === 0 ? '-' : (again / tally.kills()).toFixed(2)],
    ['recovery on the same machine', timesText(recovery.seconds['same-host'])],
    ["recovery of another machine's work", timesText(recovery.seconds['other-host'])],
    ['  not measured: something came in between', String(recovery.voided)],
    ['differences', String(differences.length)],
    ['seconds', seconds.toFixed(0)],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  const table = rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join('\n');
  return differences.length === 0 ? `${table}\n` : `${table}\n\n${differencesText({ differences, folder })}`;
}

/** Lists every difference and the path of its logs. */
export function differencesText({ differences, folder }: Pick<ChaosResult, 'differences' | 'folder'>): string {
  const lines = differences.flatMap(({ where, what, see }) => [`- ${where}: ${what}`, `  see ${see}`]);
  return `${lines.join('\n')}\nThe logs of all processes and journal.log, which says what was disturbed when, are in ${folder}.\n`;
}

function timesText(seconds: readonly number[]): string {
  if (seconds.length === 0) return 'not measured';
  const sorted = seconds.toSorted((one, other) => one - other);
  const at = (share: number): string => (sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN).toFixed(1);
  return `median ${at(0.5)} s, worst ${at(1)} s, of ${sorted.length}`;
}
