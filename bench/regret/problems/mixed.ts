import { numberOf } from '../../../src/objectives/test-function/test-function.ts';
import type { RandomStream } from '../../../src/shared/random.ts';
import type { Configuration } from '../../../src/space/configuration.ts';
import { parameterSchema, type SearchSpace, searchSpaceSchema } from '../../../src/space/schema.ts';
import { between, betweenLogs, drawStream, type Problem, plain } from './problem.ts';

/** A bowl over float, log and int parameters, with one valley between two of them. */
interface Bowl {
  readonly parameters: SearchSpace;
  /** Where its least value, 0, is. */
  readonly at: Configuration;
  value(parameters: Configuration): number;
}

function bowl(stream: RandomStream, names: readonly string[], when?: object): Bowl {
  const parts = names.map((name, index) => {
    const kind = (['float', 'log', 'int'] as const)[(index + stream.integer(3)) % 3] as 'float' | 'log' | 'int';
    const weight = betweenLogs(stream, 0.3, 4);
    if (kind === 'log') {
      const best = betweenLogs(stream, 3e-4, 0.3);
      return {
        best,
        parameter: { type: 'float', name, low: 1e-4, high: 1, scale: 'log', when },
        from: (x: number) => weight * Math.log10(x / best),
      };
    }
    if (kind === 'int') {
      const best = 4 + stream.integer(56);
      return { best, parameter: { type: 'int', name, low: 1, high: 64, when }, from: (x: number) => (weight * (x - best)) / 20 };
    }
    const best = between(stream, -0.8, 0.8);
    return { best, parameter: { type: 'float', name, low: -1, high: 1, when }, from: (x: number) => 2 * weight * (x - best) };
  });
  const tilt = between(stream, -0.7, 0.7);
  return {
    parameters: parts.map(({ parameter }) => parameterSchema.parse(parameter)),
    at: Object.fromEntries(parts.map(({ parameter, best }) => [parameter.name, best])),
    value: (parameters) => {
      const x = parts.map(({ parameter, from }) => from(numberOf(parameters, parameter.name)));
      const [first = 0, second = 0] = x;
      return x.reduce((total, part) => total + part * part, 0) + 2 * tilt * first * second + 0.15 * Math.sin(3 * first) ** 2;
    },
  };
}

/** Categories, each with a cost of its own, that also move the optimum of the numbers. */
export function mixed(draw: number): Problem {
  const stream = drawStream('mixed', draw);
  const numbers = bowl(stream, ['a', 'b', 'c', 'd'].slice(0, 2 + (draw % 3)));
  const choices = [3, 4 + (draw % 4)];
  const costs = choices.map((count) => shuffledCosts(stream, count));
  const factors = costs.map((list) => list.map(() => betweenLogs(stream, 0.5, 2)));
  const categories = choices.map((count, index) => ({
    type: 'categorical',
    name: `k${index}`,
    choices: Array.from({ length: count }, (_, i) => `v${i}`),
  }));
  return plain({
    name: `mixed-${numbers.parameters.length + 2}/${draw}`,
    class: 'mixed',
    space: searchSpaceSchema.parse([...categories, ...numbers.parameters]),
    least: 0,
    at: { ...Object.fromEntries(costs.map((list, index) => [`k${index}`, `v${list.indexOf(0)}`])), ...numbers.at },
    value: (parameters) => {
      const chosen = choices.map((_, index) => Number(String(parameters[`k${index}`]).slice(1)));
      const cost = chosen.reduce((total, choice, index) => total + ((costs[index] ?? [])[choice] as number), 0);
      const factor = chosen.reduce((product, choice, index) => product * ((factors[index] ?? [])[choice] as number), 1);
      return cost + factor * numbers.value(parameters);
    },
  });
}

/** Costs of choices: 0 for one, more for the others, in a random order. */
function shuffledCosts(stream: RandomStream, count: number): number[] {
  const best = stream.integer(count);
  return Array.from({ length: count }, (_, choice) => (choice === best ? 0 : between(stream, 0.1, 1.5)));
}

/** One of several branches, each with parameters of its own and its own least value; the branches share two parameters. */
export function conditional(draw: number): Problem {
  const stream = drawStream('conditional', draw);
  const count = 3 + (draw % 3);
  const names = Array.from({ length: count }, (_, index) => `branch${index}`);
  const costs = shuffledCosts(stream, count).map((cost) => 0.3 * cost);
  const shared = bowl(stream, ['s', 't']);
  const own = names.map((name) =>
    bowl(stream, [`${name}.p`, `${name}.q`].slice(0, 1 + stream.integer(2)), { parameter: 'kind', values: [name] }),
  );
  return plain({
    name: `conditional-${count}/${draw}`,
    class: 'conditional',
    space: searchSpaceSchema.parse([
      { type: 'categorical', name: 'kind', choices: names },
      ...shared.parameters,
      ...own.flatMap(({ parameters }) => parameters),
    ]),
    least: 0,
    at: { kind: names[costs.indexOf(0)] as string, ...shared.at, ...own[costs.indexOf(0)]?.at },
    value: (parameters) => {
      const branch = names.indexOf(String(parameters['kind']));
      return (costs[branch] as number) + shared.value(parameters) + (own[branch] as Bowl).value(parameters);
    },
  });
}
