import type { UnitShare } from '../../space/unit-cube.ts';
import type { Column } from './column.ts';
import type { KernelFactor, Kernels } from './kernel-factor.ts';
import { logNarrowMass, narrowHalfWidth, normalMass } from './normal.ts';

/** Log masses of one interval under kernels of one parameter. */
interface Row {
  readonly interval: Interval;
  /** Under kernels of the least width, by their places; NaN where they are not computed yet. */
  readonly usual: Float64Array;
  /** Under the other kernels, in their order. */
  readonly others: Float64Array;
}

/** A column of more slots than this keeps no masses: few would be asked for again. */
const mostSlots = 1024;

/**
 * Adds log masses of the intervals of a lattice. There are few different intervals and few different kernels: each pair is computed once,
 * and kernels of the least width share the masses that their column keeps.
 */
export function massAdder({ column, slots, widths, least }: Kernels): KernelFactor['addLogDensity'] {
  const rows = new Map<number, Row>();
  const others: number[] = [];
  const isKept = column.size <= mostSlots;
  // The place of a kernel of the least width is its slot, or its own number where there are too many slots; that of another is below 0.
  const places = new Int32Array(slots.length);
  for (let kernel = 0; kernel < places.length; kernel += 1) {
    const place = isKept ? (slots[kernel] as number) : kernel;
    places[kernel] = widths[kernel] === least ? place : -others.push(kernel);
  }
  const rowAt = (share: UnitShare): Row => {
    const known = rows.get(share.low);
    if (known?.interval.high === share.high) return known;
    const interval = intervalOf(share);
    const masses = Float64Array.from(others, (kernel) => massOf(column, interval, widths[kernel] as number, slots[kernel] as number));
    const usual = isKept ? column.masses.at(interval, least, column.size) : new Float64Array(places.length).fill(Number.NaN);
    const row = { interval, usual, others: masses };
    rows.set(share.low, row);
    return row;
  };
  return (share, sums, from) => {
    const { interval, usual, others: masses } = rowAt(share);
    for (let index = 0; index < sums.length; index += 1) {
      const place = places[from + index] as number;
      let mass = place < 0 ? (masses[-1 - place] as number) : (usual[place] as number);
      if (Number.isNaN(mass)) {
        mass = massOf(column, interval, least, slots[from + index] as number);
        usual[place] = mass;
      }
      sums[index] = (sums[index] as number) + mass;
    }
  };
}

interface Interval extends Pick<UnitShare, 'low' | 'high'> {
  readonly middle: number;
  readonly half: number;
  readonly logWidth: number;
}

function intervalOf({ low, high }: UnitShare): Interval {
  return { low, high, middle: (low + high) / 2, half: (high - low) / 2, logWidth: Math.log(high - low) };
}

/** The log mass of an interval under the kernel of a width at a slot. */
function massOf(column: Column, { middle, half, logWidth }: Interval, width: number, slot: number): number {
  const inverse = 1 / width;
  const z = (middle - (column.centres[slot] as number)) * inverse;
  column.prepare(slot, width);
  return half * inverse <= narrowHalfWidth
    ? logNarrowMass(z, half * inverse) + logWidth + (column.peaks[slot] as number)
    : logWideMass(z, half * inverse) - (column.acceptances[slot] as number);
}

/** Distances, in standard deviations, beyond which a kernel gives an interval nothing: the prior decides there. */
const outOfReach = 12;

function logWideMass(z: number, half: number): number {
  if (Math.abs(z) - half > outOfReach) return Number.NEGATIVE_INFINITY;
  return Math.log(normalMass(z - half, z + half));
}
