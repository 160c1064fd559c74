import { digestOf } from '../../../src/shared/digest.ts';
import { randomStream } from '../../../src/shared/random.ts';
import { type Configuration, configurationFrom } from '../../../src/space/configuration.ts';
import { decodeUnit } from '../../../src/space/unit-cube.ts';
import { drawStream, type Problem, type ProblemClass } from './problem.ts';

/** Noise of a twentieth of what random configurations vary by. */
const noiseShare = 0.05;

/** Adds noise to what a search is told. The same configuration has the same noise in one run. */
export function noisy(problem: Problem): Problem {
  const deviation = noiseShare * spreadOf(problem);
  return {
    ...renamed(problem, 'noisy'),
    observed: (parameters, run) => problem.value(parameters) + deviation * chance(parameters, run).normal(),
  };
}

/** Far from the best place: this share of the range of the first number. */
const farAway = 0.45;

/** Every second problem fails for a tenth of the configurations, at random; the others wherever their first number is far from the best one. */
export function failing(problem: Problem, draw: number): Problem {
  const isRandom = draw % 2 === 0;
  return {
    ...renamed(problem, 'failing'),
    observed: (parameters, run) => {
      const fails = isRandom ? chance(parameters, run).uniform() < 0.1 : isFar(problem, parameters);
      return fails ? null : problem.value(parameters);
    },
  };
}

function isFar({ space, at }: Problem, parameters: Configuration): boolean {
  const number = space.find(({ type, when }) => type !== 'categorical' && !when);
  if (!number || number.type === 'categorical') return false;
  return Math.abs(Number(parameters[number.name]) - Number(at[number.name])) > farAway * (number.high - number.low);
}

function renamed(problem: Problem, kind: ProblemClass): Problem {
  return { ...problem, class: kind, name: `${kind}-${problem.name}` };
}

function chance(parameters: Configuration, run: number) {
  return randomStream(digestOf(parameters), 'bench-disturbance', run);
}

/** The distance between the quartiles of random configurations. */
function spreadOf(problem: Problem): number {
  const stream = drawStream(`spread-${problem.name}`, 0);
  const values = Array.from({ length: 200 }, () =>
    problem.value(configurationFrom(problem.space, (parameter) => decodeUnit(parameter, stream.uniform()))),
  ).sort((one, two) => one - two);
  return (values[150] as number) - (values[50] as number);
}
