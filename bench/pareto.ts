/**
 * Measures the cost of fronts, crowding distances and hypervolumes:
 *
 *   npm run bench:pareto
 *
 * Milliseconds: the median of three. Points are uniform in a cube, where fronts are many, or on a sphere, where there is one.
 */

import { crowdingDistances } from '../src/pareto/crowding.ts';
import type { Point } from '../src/pareto/dominance.ts';
import { peelFronts, sortFronts } from '../src/pareto/fronts.ts';
import { hypervolume } from '../src/pareto/hypervolume.ts';
import { type RandomStream, randomStream } from '../src/shared/random.ts';

const sizes = [10_000, 100_000];
const metricCounts = [2, 3, 4];
/** Members of the first fronts that are peeled, and points of a hypervolume. */
const [peeled, volumePoints] = [100, 1000];

function inCube(metrics: number, stream: RandomStream): Point {
  return Array.from({ length: metrics }, () => stream.uniform());
}

function onSphere(metrics: number, stream: RandomStream): Point {
  const normals = Array.from({ length: metrics }, () => Math.abs(stream.normal()));
  const length = Math.hypot(...normals);
  return normals.map((value) => value / length);
}

function medianMs(work: () => unknown): number {
  const times = Array.from({ length: 3 }, () => {
    const started = performance.now();
    work();
    return performance.now() - started;
  });
  return times.toSorted((one, other) => one - other)[1] ?? Number.NaN;
}

function cost(points: readonly Point[]): string {
  const fronts = sortFronts(points);
  const [first = []] = fronts;
  const times = [
    medianMs(() => sortFronts(points)),
    medianMs(() => peelFronts(points, peeled)),
    medianMs(() => crowdingDistances(first.map((index) => points[index] ?? []))),
  ];
  return [fronts.length, first.length, ...times.map((ms) => ms.toFixed(1))].join(' | ');
}

process.stdout.write(`| points | metrics | where | fronts | in the first | sort, ms | peel ${peeled}, ms | crowding of the first, ms |\n`);
for (const size of sizes) {
  for (const metrics of metricCounts) {
    for (const [title, draw] of [['cube', inCube] as const, ['sphere', onSphere] as const]) {
      const stream = randomStream(1, title, metrics);
      const points = Array.from({ length: size }, () => draw(metrics, stream));
      process.stdout.write(`| ${size} | ${metrics} | ${title} | ${cost(points)} |\n`);
    }
  }
}
for (const metrics of metricCounts) {
  const stream = randomStream(1, 'volume', metrics);
  const points = Array.from({ length: volumePoints }, () => onSphere(metrics, stream));
  const ms = medianMs(() => hypervolume(points, Array(metrics).fill(0)));
  process.stdout.write(`hypervolume of ${volumePoints} points of ${metrics} metrics on one front: ${ms.toFixed(1)} ms\n`);
}
