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

/** A ratio over the rounds: its median, and an interval that has the true one in 95 of 100 cases where there are at least six rounds. */
export interface Growth {
  readonly clients: number;
  readonly what: string;
  readonly reports: number;
  /** The number of finished trials whose rate is compared with that at none. */
  readonly trials: number;
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
}

/** The rate at each number of finished trials, as a share of that at none in the same round. */
export function growth(rates: readonly Rate[]): Growth[] {
  const compared = rates.flatMap(({ perSecond, trials, ...rate }) => {
    const isBase = (other: Rate): boolean =>
      other.trials === 0 && (['round', 'clients', 'what', 'reports'] as const).every((name) => other[name] === rate[name]);
    const base = trials === 0 ? undefined : rates.find(isBase);
    return base ? [{ ...rate, trials, ratio: perSecond / base.perSecond }] : [];
  });
  const keyOf = ({ clients, what, reports, trials }: Omit<Growth, 'ratio' | 'low' | 'high'>) => [clients, what, reports, trials].join(' ');
  return [...new Set(compared.map(keyOf))].flatMap((key) => {
    const own = compared.filter((one) => keyOf(one) === key);
    const [first] = own;
    const ratios = own.map(({ ratio }) => ratio).toSorted((a, b) => a - b);
    const outside = outsideInterval(ratios.length);
    const [low = Number.NaN, high = Number.NaN] = [ratios[outside], ratios[ratios.length - 1 - outside]];
    return first ? [{ ...first, ratio: median(ratios), low, high }] : [];
  });
}

/** Number of values at each end of a sorted sample outside of the sign test's 95 % interval of the median. */
function outsideInterval(count: number): number {
  let [tail, probability, outside] = [0, 2 ** -count, 0];
  for (let below = 0; below < count / 2; below += 1) {
    tail += probability;
    if (tail > 0.025) break;
    outside = below;
    probability *= (count - below) / (below + 1);
  }
  return outside;
}

/** Formats them. */
export function growthTable(growths: readonly Growth[]): string {
  const lines = growths.map(({ clients, what, trials, reports, ratio, low, high }) => {
    return `| ${[clients, what, trials, reports, ratio.toFixed(2), `${low.toFixed(2)} … ${high.toFixed(2)}`].join(' | ')} |`;
  });
  return ['| clients | sampler | finished trials | reports | rate / rate at none | interval |', '|---|---|---|---|---|---|', ...lines].join(
    '\n',
  );
}

/** The first request for a trial to a process that has just started, in milliseconds. */
export interface FirstAsk {
  readonly sampler: string;
  readonly trials: number;
  readonly ms: number;
}

/** Formats them. */
export function firstAskTable(asks: readonly FirstAsk[]): string {
  const lines = asks.map(({ sampler, trials, ms }) => `| ${sampler} | ${trials} | ${ms.toFixed(0)} |`);
  return ['| sampler | finished trials | first ask of a process, ms |', '|---|---|---|', ...lines].join('\n');
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
