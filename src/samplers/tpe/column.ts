import { logRootTwoPi, normalMass } from '../../shared/normal.ts';
import type { Axis } from './axis.ts';
import { firstPlace } from './first-place.ts';
import { KeptMasses } from './kept-masses.ts';

/** The place of the prior kernel of every column. */
export const priorSlot = 0;
/** The slot of a trial that lacks the parameter. */
const noSlot = -1;

/**
 * The coordinates of one parameter in the unit interval, trial by trial. Trials of the same coordinate share a slot where the parameter
 * has finitely many values; else each has its own. Slots also keep the constants of a normal kernel there, which change only with its
 * width: most kernels have the least width, for ever.
 */
export class Column {
  readonly axis: Axis;
  /** Of each trial, its slot; −1 where the parameter does not exist. */
  slots = new Int32Array(0);
  /** Of each slot, its coordinate. */
  centres = Float64Array.of(0.5);
  /** Of each slot, the width for which the constants were computed last; 0 if they never were. */
  #widths = new Float64Array(1);
  /** ln of an untruncated kernel's probability inside the unit interval, and ln of its truncated density at the centre. */
  acceptances = new Float64Array(1);
  peaks = new Float64Array(1);
  /** Number of slots. */
  size = 1;
  readonly masses = new KeptMasses();
  readonly #known: Map<number, number> | null;
  /** The trials that have the parameter, in ascending order, and their number. */
  #having = new Uint32Array(0);
  #count = 0;

  constructor(axis: Axis) {
    this.axis = axis;
    this.#known = axis.kind === 'continuous' ? null : new Map([[0.5, priorSlot]]);
  }

  /**
   * Puts a trial at a coordinate; NaN where the parameter does not exist. Trials are put in ascending order; one that is put again replaces
   * all from it on.
   */
  put(trial: number, coordinate: number): void {
    if (trial >= this.slots.length) this.slots = grown(this.slots, trial, (length) => new Int32Array(length));
    while (this.#count > 0 && (this.#having[this.#count - 1] as number) >= trial) this.#count -= 1;
    if (Number.isNaN(coordinate)) this.slots[trial] = noSlot;
    else {
      this.slots[trial] = this.#slotFor(trial, coordinate);
      if (this.#count >= this.#having.length) this.#having = grown(this.#having, this.#count, (length) => new Uint32Array(length));
      this.#having[this.#count++] = trial;
    }
  }

  has(trial: number): boolean {
    return (this.slots[trial] as number) >= 0;
  }

  /** The trials before one that have the parameter, in ascending order. Valid until a trial is put. */
  having(before: number): Uint32Array {
    return this.#having.subarray(0, firstPlace(this.#having.subarray(0, this.#count), before));
  }

  /** True if a trial is at a coordinate; NaN: if it lacks the parameter. */
  isAt(trial: number, coordinate: number): boolean {
    const slot = this.slots[trial] as number;
    return slot < 0 ? Number.isNaN(coordinate) : this.centres[slot] === coordinate;
  }

  /** Computes the constants of a kernel, unless they are known. */
  prepare(slot: number, width: number): void {
    if (this.#widths[slot] === width) return;
    const centre = this.centres[slot] as number;
    const inverse = 1 / width;
    const mass = Math.log(normalMass(-centre * inverse, (1 - centre) * inverse));
    this.#widths[slot] = width;
    this.acceptances[slot] = mass;
    this.peaks[slot] = Math.log(inverse) - logRootTwoPi - mass;
  }

  #slotFor(trial: number, coordinate: number): number {
    const known = this.#known ? this.#known.get(coordinate) : trial + 1;
    const slot = known ?? this.size;
    if (slot >= this.centres.length) this.#grow(slot);
    if (this.centres[slot] !== coordinate) this.#widths[slot] = 0;
    this.centres[slot] = coordinate;
    if (known === undefined) this.#known?.set(coordinate, slot);
    this.size = Math.max(this.size, slot + 1);
    return slot;
  }

  #grow(slot: number): void {
    const floats = (list: Float64Array<ArrayBuffer>) => grown(list, slot, (length) => new Float64Array(length));
    this.centres = floats(this.centres);
    this.#widths = floats(this.#widths);
    this.acceptances = floats(this.acceptances);
    this.peaks = floats(this.peaks);
  }
}

/** A longer copy, in which an index has a place. */
export function grown<List extends { readonly length: number; set(list: ArrayLike<number>): void }>(
  list: List & ArrayLike<number>,
  index: number,
  make: (length: number) => List,
): List {
  const longer = make(Math.max(2 * index, 32));
  longer.set(list);
  return longer;
}
