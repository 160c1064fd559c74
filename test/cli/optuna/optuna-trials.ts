import { type Distribution, readDistribution } from '../../../src/cli/optuna/distribution.ts';
import type { OptunaStudy, OptunaTrial } from '../../../src/cli/optuna/optuna-study.ts';

/** A float, as Optuna describes it. */
export function float(low: number, high: number, more: { step?: number; log?: boolean } = {}): Distribution {
  return described('FloatDistribution', { low, high, step: null, log: false, ...more });
}

/** An int, as Optuna describes it. */
export function int(low: number, high: number, more: { step?: number; log?: boolean } = {}): Distribution {
  return described('IntDistribution', { low, high, step: 1, log: false, ...more });
}

/** A categorical parameter, as Optuna describes it. */
export function choice(...choices: unknown[]): Distribution {
  return described('CategoricalDistribution', { choices });
}

function described(name: string, attributes: object): Distribution {
  return readDistribution(JSON.stringify({ name, attributes }));
}

/** The parameters of a trial: by name, a value and its distribution. */
export type Drawn = Readonly<Record<string, readonly [value: unknown, distribution: Distribution]>>;

/** A completed trial. */
export function trial(drawn: Drawn, changes: Partial<OptunaTrial> = {}): OptunaTrial {
  const parameters = new Map(Object.entries(drawn).map(([name, [value, distribution]]) => [name, { value, distribution }]));
  return { number: 0, state: 'COMPLETE', parameters, enqueued: {}, values: [1], reports: 0, attributes: 0, ...changes };
}

/** A study that minimises. */
export function optunaStudy(trials: readonly OptunaTrial[], changes: Partial<OptunaStudy> = {}): OptunaStudy {
  return { name: 'mine', directions: ['MINIMIZE'], metricNames: null, userAttributes: {}, trials, ...changes };
}
