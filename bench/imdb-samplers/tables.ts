import { mean } from '../support/means.ts';
import { bestAfter, bySampler, type Effort, efforts, totalOf } from './curves.ts';
import type { Run } from './results.ts';

/** Columns of the tables. */
const places = { trials: [10, 20, 35, 50, 70], epochs: [50, 100, 150, 200, 300] } as const;

/** Means of the best accuracy after so many trials, with that of each seed at the end. */
export function trialTable(runs: readonly Run[]): string {
  return table(runs, efforts.trials, places.trials, {
    title: 'seeds, at the end',
    cell: (run) => text(bestAfter(run, efforts.trials, Number.POSITIVE_INFINITY)),
  });
}

/** Means of the best accuracy after so many epochs that were trained, with the epochs of each whole search. A search that has ended keeps its best. */
export function epochTable(runs: readonly Run[]): string {
  return table(runs, efforts.epochs, places.epochs, {
    title: 'trained epochs of each seed',
    cell: (run) => String(totalOf(run, efforts.epochs)),
  });
}

interface LastColumn {
  readonly title: string;
  readonly cell: (run: Run) => string;
}

function table(runs: readonly Run[], effort: Effort, limits: readonly number[], last: LastColumn): string {
  const rows = bySampler(runs).map(({ sampler, runs: own }) => {
    const means = limits.map((limit) => {
      const values = own.map((run) => bestAfter(run, effort, limit)).filter((value) => value !== null);
      return values.length === own.length ? text(mean(values)) : '';
    });
    return [`\`${sampler}\``, ...means, own.map(last.cell).join(', ')];
  });
  const header = ['', ...limits.map(String), last.title];
  return [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function text(accuracy: number | null): string {
  return accuracy === null ? '' : accuracy.toFixed(3);
}
