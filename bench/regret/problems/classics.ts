import { cube, numberOf, sum, sumOfPairs } from '../../../src/objectives/test-function/test-function.ts';
import type { RandomStream } from '../../../src/shared/random.ts';
import { searchSpaceSchema } from '../../../src/space/schema.ts';
import { between, drawStream, type Problem, plain } from './problem.ts';

/** A function of real coordinates whose least value, 0, is at the origin. */
interface Classic {
  readonly name: string;
  /** The box is ± this around the origin. */
  readonly radius: number;
  readonly value: (x: readonly number[]) => number;
}

/** Well-known functions, moved so that their least value is 0 at the origin. */
const classics: readonly Classic[] = [
  { name: 'ellipsoid', radius: 5, value: (x) => sum(x, (c, i) => 100 ** (i / Math.max(x.length - 1, 1)) * c * c) },
  { name: 'ackley', radius: 20, value: ackley },
  { name: 'rastrigin', radius: 3, value: (x) => sum(x, (c) => c * c - 4 * Math.cos(2 * Math.PI * c) + 4) },
  {
    name: 'griewank',
    radius: 60,
    value: (x) => 1 + sum(x, (c) => (c * c) / 4000) - x.reduce((product, c, i) => product * Math.cos(c / Math.sqrt(i + 1)), 1),
  },
  { name: 'rosenbrock', radius: 2, value: (x) => sumOfPairs(x, (c, next) => 100 * (next + 1 - (c + 1) ** 2) ** 2 + c * c) },
  { name: 'levy', radius: 8, value: levy },
  { name: 'schwefel-12', radius: 50, value: (x) => sum(x, (_, i) => sum(x.slice(0, i + 1), (c) => c) ** 2) },
  { name: 'powers', radius: 1, value: (x) => sum(x, (c, i) => Math.abs(c) ** (2 + (4 * i) / Math.max(x.length - 1, 1))) },
];

const dimensions = [2, 3, 4, 6, 8, 10, 15, 20] as const;

/** A classic in some dimension, moved and turned at random: draw n takes function n mod 8 and the next dimension after all eight. */
export function classic(draw: number, wanted?: number): Problem {
  const chosen = classics[draw % classics.length] as Classic;
  const size = wanted ?? (dimensions[(draw + Math.floor(draw / classics.length)) % dimensions.length] as number);
  const stream = drawStream('classic', draw);
  const { radius, name } = chosen;
  const offset = Array.from({ length: size }, () => between(stream, -0.7, 0.7) * radius);
  const turned = rotation(stream, size);
  return plain({
    name: `${name}-${size}/${draw}`,
    class: 'classic',
    space: searchSpaceSchema.parse(cube(size, [-radius, radius]).map(([low, high], i) => ({ type: 'float', name: `x${i}`, low, high }))),
    least: 0,
    at: Object.fromEntries(offset.map((centre, i) => [`x${i}`, centre])),
    value: (parameters) => {
      const away = offset.map((centre, i) => numberOf(parameters, `x${i}`) - centre);
      return chosen.value(turned.map((row) => sum(row, (factor, i) => factor * (away[i] as number))));
    },
  });
}

/** A random rotation: an orthonormal basis from normal vectors (Gram–Schmidt). Every second problem keeps its axes. */
function rotation(stream: RandomStream, size: number): readonly (readonly number[])[] {
  const keepsAxes = stream.uniform() < 0.5;
  const rows: number[][] = [];
  for (let row = 0; row < size; row += 1) {
    let vector = Array.from({ length: size }, (_, i) => (keepsAxes ? Number(i === row) : stream.normal()));
    for (const other of rows) {
      const along = sum(vector, (part, i) => part * (other[i] as number));
      vector = vector.map((part, i) => part - along * (other[i] as number));
    }
    const length = Math.sqrt(sum(vector, (part) => part * part));
    rows.push(vector.map((part) => part / length));
  }
  return rows;
}

function ackley(x: readonly number[]): number {
  const distance = Math.sqrt(sum(x, (c) => c * c) / x.length);
  const waves = sum(x, (c) => Math.cos(2 * Math.PI * c)) / x.length;
  return 20 + Math.E - 20 * Math.exp(-0.2 * distance) - Math.exp(waves);
}

function levy(x: readonly number[]): number {
  const w = x.map((c) => 1 + c / 4);
  const [first, last] = [w[0] as number, w.at(-1) as number];
  return (
    Math.sin(Math.PI * first) ** 2 +
    sum(w.slice(0, -1), (c) => (c - 1) ** 2 * (1 + 10 * Math.sin(Math.PI * c + 1) ** 2)) +
    (last - 1) ** 2 * (1 + Math.sin(2 * Math.PI * last) ** 2)
  );
}
