import { normalMass } from '../../shared/normal.ts';
import type { UnitShare } from '../../space/unit-cube.ts';
import type { Column } from './column.ts';
import type { KernelFactor, Kernels } from './kernel-factor.ts';
import { logNarrowMass, narrowHalfWidth } from './normal-kernel.ts';

/** Log masses of one interval under kernels of one parameter. */
interface Row {
  readonly interval: Interval;
  /** Under kernels of the least width, by their slots; NaN where they are not computed yet. Null if the interval is narrow for all kernels. */
  readonly usual: Float64Array | null;
  /** Under the other kernels, in their order. */
  readonly others: Float64Array;
}

/**
 * Adds log masses of the intervals of a lattice. The masses of narrow intervals are computed quickly. There are few different wide
 * intervals and few different kernels: each pair is computed once, and kernels of the least width share the masses that their column
 * keeps.
 */
export function massAdder({ column, slots, widths, least }: Kernels): KernelFactor['addLogDensity'] {
  const rows = new Map<number, Row>();
  const others: number[] = [];
  // The slot of a kernel of the least width; the place of another among the others, below 0.
  const places = slots.slice();
  for (let kernel = 0; kernel < places.length; kernel += 1) if (widths[kernel] !== least) places[kernel] = -others.push(kernel);
  const mass = (interval: Interval, kernel: number): number => massOf(column, interval, widths[kernel] as number, slots[kernel] as number);
  const rowAt = (share: UnitShare): Row => {
    const known = rows.get(share.low);
    if (known?.interval.high === share.high) return known;
    const interval = intervalOf(share);
    const isNarrow = interval.half / least <= narrowHalfWidth;
    const masses = new Float64Array(isNarrow ? 0 : others.length);
    for (let index = 0; index < masses.length; index += 1) masses[index] = mass(interval, others[index] as number);
    const row = { interval, usual: isNarrow ? null : column.masses.at(interval, least, column.size), others: masses };
    rows.set(share.low, row);
    return row;
  };
  return (share, sums, from) => {
    const { interval, usual, others: masses } = rowAt(share);
    for (let index = 0; index < sums.length; index += 1) {
      const place = places[from + index] as number;
      let added = usual === null ? mass(interval, from + index) : place < 0 ? (masses[-1 - place] as number) : (usual[place] as number);
      if (Number.isNaN(added) && usual) {
        added = mass(interval, from + index);
        usual[place] = added;
      }
      sums[index] = (sums[index] as number) + added;
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
