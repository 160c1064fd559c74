import { z } from 'zod';
import type { Fault } from '../shared/errors.ts';
import { type Configuration, configurationFrom, isActive } from '../space/configuration.ts';
import { parameterNameSchema, parameterValueSchema, type SearchSpace } from '../space/schema.ts';
import { canonicalValue } from '../space/unit-cube.ts';
import type { Sampler } from './contract.ts';

export const listOptionsSchema = z
  .strictObject({
    type: z.literal('list'),
    points: z
      .array(z.record(parameterNameSchema, parameterValueSchema))
      .min(1)
      .max(10_000)
      .describe('The configurations to try, in order: a value for every parameter that exists under it.'),
  })
  .meta({ id: 'ListSampler', description: 'Tries the listed configurations in order.' });

const stateSchema = z.strictObject({ version: z.literal(1) });

/** Tries given configurations. Trial n is the n-th of the list; results, failed ones included, change nothing. */
export const listSampler: Sampler<z.output<typeof listOptionsSchema>, z.output<typeof stateSchema>> = {
  name: 'list',
  version: 1,
  summary: 'Tries configurations that you name, in order.',
  optionsSchema: listOptionsSchema,
  stateSchema,
  sees: 'none',
  check: ({ space }, { points }) => points.flatMap((point, index) => pointFaults(space, point, `/points/${index}`)),
  defaultParallelism: () => 16,
  init: () => ({ version: 1 }),
  observe: (_problem, _options, state) => state,
  suggest({ space }, { points }, _state, { firstNumber, count }) {
    const asked = points.slice(firstNumber, firstNumber + count);
    if (asked.length === 0) return { kind: 'exhausted', reason: `all ${points.length} listed configurations are tried` };
    return {
      kind: 'suggestions',
      suggestions: asked.map((point, index) => ({
        parameters: canonicalPoint(space, point),
        origin: { sampler: 'list', point: firstNumber + index },
      })),
    };
  },
  generation: () => null,
  population: () => [],
};

/** In the order of the space, each value in its one form; `check` has seen that all are there. */
function canonicalPoint(space: SearchSpace, point: Configuration): Configuration {
  return configurationFrom(space, (parameter) => {
    const given = point[parameter.name];
    const canonical = given === undefined ? undefined : canonicalValue(parameter, given);
    if (canonical === undefined) throw new RangeError(`the listed configuration has no value of ${parameter.name}`);
    return canonical;
  });
}

function pointFaults(space: SearchSpace, point: Configuration, pointer: string): Fault[] {
  const active = space.filter((parameter) => isActive(parameter, point));
  const names = new Set(active.map((parameter) => parameter.name));
  const unknown = Object.keys(point).filter((name) => !names.has(name));
  return [
    ...active.flatMap((parameter) => {
      const given = point[parameter.name];
      if (given === undefined) return [{ pointer, detail: `has no value of ${parameter.name}` }];
      if (canonicalValue(parameter, given) !== undefined) return [];
      return [{ pointer: `${pointer}/${parameter.name}`, detail: `${JSON.stringify(given)} is not a value of ${parameter.name}` }];
    }),
    ...unknown.map((name) => ({ pointer: `${pointer}/${name}`, detail: `${name} is no parameter that exists in this configuration` })),
  ];
}
