import { invariant } from '../../shared/errors.ts';
import type { RandomStream } from '../../shared/random.ts';
import { joeAndKuo } from './direction-numbers.ts';

/** One coordinate of a sequence of points in [0, 1), by the number of the point. */
export type Coordinate = (number: number) => number;

const bits = 32;
const cell = 2 ** -bits;

/** Most dimensions of a sequence. */
export const mostDimensions = joeAndKuo.length + 1;

/**
 * One dimension of a scrambled Sobol' sequence: a random linear scramble and a random digital shift (Matoušek, "On the L2-discrepancy for anchored
 * boxes", Journal of Complexity 14, 1998), so that two seeds give different points that are as even. Any 2^k points that follow each other from a
 * multiple of 2^k on put one of them into each of 2^k equal parts of the axis. Points lie in the middle of their cells.
 *
 * @param dimension from 0; below `mostDimensions`
 */
export function scrambledSobol(dimension: number, stream: RandomStream): Coordinate {
  const columns = scrambled(directionsOf(dimension), triangularRows(stream));
  const shift = stream.bits32();
  return (number) => (pointOf(columns, shift, number) + 0.5) * cell;
}

/**
 * The points of a scrambled sequence by their number. Its dimensions are scrambled when the first point is asked for: that costs more than the point.
 *
 * @param streamOf the randomness of a dimension
 */
export function lazyDesign(dimensions: number, streamOf: (dimension: number) => RandomStream): (number: number) => number[] {
  let coordinates: Coordinate[] | undefined;
  return (number) => {
    coordinates ??= Array.from({ length: dimensions }, (_, dimension) => scrambledSobol(dimension, streamOf(dimension)));
    return coordinates.map((at) => at(number));
  };
}

/** The numerator of a point: in the order of Gray codes, point n combines the directions of the bits of n xor n/2. */
export function pointOf(columns: readonly number[], shift: number, number: number): number {
  let point = shift;
  for (let code = (number ^ (number >>> 1)) >>> 0, index = 0; code !== 0; code >>>= 1, index += 1) {
    if (code & 1) point ^= columns[index] ?? 0;
  }
  return point >>> 0;
}

/** Direction numbers of a dimension as columns of bits, the first binary digit of a coordinate being the highest bit. */
export function directionsOf(dimension: number): number[] {
  if (dimension === 0) return Array.from({ length: bits }, (_, index) => (1 << (bits - 1 - index)) >>> 0);
  const row = joeAndKuo[dimension - 1];
  invariant(row, 'a sequence has few enough dimensions');
  const degree = row.numbers.length;
  const directions = row.numbers.map((number, index) => (number << (bits - 1 - index)) >>> 0);
  for (let index = degree; index < bits; index += 1) {
    const oldest = directions[index - degree] ?? 0;
    let next = oldest ^ (oldest >>> degree);
    for (let back = 1; back < degree; back += 1) {
      if ((row.polynomial >>> (degree - back)) & 1) next ^= directions[index - back] ?? 0;
    }
    directions.push(next >>> 0);
  }
  return directions;
}

/** Multiplies columns by a matrix of bits: digit i of the result is the parity of the common bits of row i and the column. */
export function scrambled(columns: readonly number[], rows: readonly number[]): number[] {
  return columns.map((column) => {
    let product = 0;
    for (const [digit, row] of rows.entries()) product |= parity(row & column) << (bits - 1 - digit);
    return product >>> 0;
  });
}

/** A lower triangular matrix of random bits with ones on its diagonal: it permutes the cells of every size. */
function triangularRows(stream: RandomStream): number[] {
  return Array.from({ length: bits }, (_, digit) => {
    const diagonal = (1 << (bits - 1 - digit)) >>> 0;
    const before = digit === 0 ? 0 : -1 << (bits - digit);
    return ((stream.bits32() & before) | diagonal) >>> 0;
  });
}

function parity(word: number): number {
  let folded = word ^ (word >>> 16);
  folded ^= folded >>> 8;
  folded ^= folded >>> 4;
  return (0x6996 >>> (folded & 15)) & 1;
}
