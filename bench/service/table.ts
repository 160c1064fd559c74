import type { Latency } from './reads.ts';

/** One measurement of cycles of ask and tell. */
export interface Rate {
  readonly round: number;
  readonly clients: number;
  /** `floor`, the sampler of a study, or that of Optuna: `optuna-tpe`. */
  readonly what: string;
  /** Finished trials with which the study began. */
  readonly trials: number;
  readonly reports: number;
  readonly perSecond: number;
}

/** Formats the medians over the rounds. Each ratio is computed within one round, so that a machine that slows down changes none. */
export function rateTable(rates: readonly Rate[]): string {
  const keyOf = ({ clients, what, trials, reports }: Rate): string => [clients, what, trials, reports].join(' ');
  const rows = [...new Set(rates.map(keyOf))].map((key) => rates.filter((rate) => keyOf(rate) === key));
  const ratio = (own: readonly Rate[], isBase: (rate: Rate, other: Rate) => boolean): number =>
    median(
      own.flatMap((rate) => {
        const base = rates.find((other) => other.round === rate.round && other.clients === rate.clients && isBase(rate, other));
        return base ? [rate.perSecond / base.perSecond] : [];
      }),
    );
  const lines = rows.map((own) => {
    const [{ clients, what, trials, reports } = noRate] = own;
    const ofFloor = ratio(own, (_, other) => other.what === 'floor');
    const ofOptuna = ratio(
      own,
      (rate, other) => other.what === `optuna-${what}` && other.trials === trials && rate.reports === other.reports,
    );
    const cells = [clients, what, trials, reports, tidy(median(own.map(({ perSecond }) => perSecond))), `${tidy(ofFloor * 100)} %`];
    return `| ${[...cells, Number.isNaN(ofOptuna) ? '' : `x ${tidy(ofOptuna)}`].join(' | ')} |`;
  });
  return [
    '| clients | sampler | finished trials | reports | cycles/s | of the floor | of Optuna |',
    '|---|---|---|---|---|---|---|',
    ...lines,
  ].join('\n');
}

const noRate = { clients: 0, what: '', trials: 0, reports: 0 };

/** A whole number, or one decimal below 10. */
function tidy(value: number): string {
  return value.toFixed(value < 10 ? 1 : 0);
}

/** Formats the latencies of reads. */
export function readsTable(reads: readonly Latency[]): string {
  const lines = reads.map(({ read, p50, p99 }) => `| ${read} | ${p50.toFixed(2)} | ${p99.toFixed(2)} |`);
  return ['| read | p50 ms | p99 ms |', '|---|---|---|', ...lines].join('\n');
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
