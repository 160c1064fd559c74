import type { Problem, SuggestionRequest } from '../../src/samplers/contract.ts';
import type { Observation } from '../../src/samplers/observation.ts';
import { type RandomStream, randomStream } from '../../src/shared/random.ts';
import { type Configuration, configurationFrom } from '../../src/space/configuration.ts';
import { type SearchSpace, searchSpaceSchema } from '../../src/space/schema.ts';
import { decodeUnit, encodeUnit } from '../../src/space/unit-cube.ts';

/** The ranges of the paper's four parameters; of eight, each twice. */
const paper = ['', 'Of2nd'].flatMap((suffix) => [
  { type: 'float', name: `learningRate${suffix}`, low: 0.0005, high: 0.5115, step: 0.0005 },
  { type: 'int', name: `hiddenUnits${suffix}`, low: 1, high: 511 },
  { type: 'int', name: `epochs${suffix}`, low: 1, high: 15 },
  { type: 'int', name: `maxLength${suffix}`, low: 1, high: 511 },
]);

/** Every kind of parameter and scale, and one that depends on another. */
const mixed = [
  { type: 'float', name: 'rate', low: 1e-5, high: 0.1, scale: 'log' },
  { type: 'float', name: 'dropout', low: 0, high: 0.8 },
  { type: 'int', name: 'units', low: 8, high: 512 },
  { type: 'categorical', name: 'optimizer', choices: ['adam', 'sgd', 'rmsprop'] },
  { type: 'int', name: 'batch', low: 1, high: 256, scale: 'log' },
  { type: 'float', name: 'decay', low: 0, high: 0.1, step: 0.001 },
  { type: 'categorical', name: 'nesterov', choices: [true, false] },
  { type: 'float', name: 'momentum', low: 0, high: 1, when: { parameter: 'optimizer', values: ['sgd', 'rmsprop'] } },
];

/** The spaces by name, each cut to its first parameters. */
export const spaces = { paper, mixed };
export const dimensions = [2, 4, 8];

/** A search that has gone on for some time, in this space. */
export interface Workload {
  readonly problem: Problem;
  readonly history: Observation[];
  readonly pending: Configuration[];
}

/**
 * A history as a search leaves it: a third of the trials are anywhere, the others crowd around the best; a few failed.
 *
 * @param metrics all to be minimised
 */
export function workload(name: keyof typeof spaces, size: number, observations: number, metrics = 1): Workload {
  const space = searchSpaceSchema.parse(spaces[name].slice(0, size));
  const stream = randomStream(1, `bench-${name}`, size);
  const history = Array.from({ length: observations }, (_, number) => {
    const isAnywhere = stream.uniform() < 1 / 3;
    const parameters = configurationFrom(space, (parameter) => decodeUnit(parameter, isAnywhere ? stream.uniform() : nearBest(stream)));
    return observed({ space, metrics }, number, parameters);
  });
  const pending = Array.from({ length: 7 }, () => configurationFrom(space, (parameter) => decodeUnit(parameter, nearBest(stream))));
  const directions = Array.from({ length: metrics }, () => 'minimize' as const);
  return { problem: { space, direction: 'minimize', ...(metrics > 1 && { directions }) }, history, pending };
}

/** A trial with its values: the squared distances to the best place of each metric. */
export function observed(
  { space, metrics }: { readonly space: SearchSpace; readonly metrics: number },
  number: number,
  parameters: Configuration,
): Observation {
  const shares = space.flatMap((parameter) => {
    const value = parameters[parameter.name];
    return value === undefined ? [] : [encodeUnit(parameter, value)];
  });
  const values = Array.from({ length: metrics }, (_, metric) =>
    shares.reduce((sum, share, place) => sum + (share - best - (place % metrics === metric ? apart : 0)) ** 2, 0),
  );
  const trial = { number, index: number, parameters, origin: {} };
  if (number % 50 === 49) return { ...trial, value: null };
  const [value = null] = metrics > 1 ? values : [shares.reduce((sum, share) => sum + (share - best) ** 2, 0)];
  return { ...trial, value, ...(metrics > 1 && { values }) };
}

/** The random numbers of a study with seed 1. */
export const streamOf: SuggestionRequest['stream'] = (purpose, ...indices) => randomStream(1, purpose, ...indices);

const best = 0.3;
/** How far the best places of several metrics are from that. */
const apart = 0.1;

function nearBest(stream: RandomStream): number {
  return Math.min(Math.max(best + 0.08 * stream.normal(), 0), 1);
}
