import type { UnitShare } from '../../space/unit-cube.ts';

/** Most masses that are kept: half a megabyte. */
const mostKept = 65_536;

/** Log masses of the intervals of a lattice under kernels at the slots of a column: most serve later suggestions too. */
export class KeptMasses {
  readonly #kept = new Map<number, { readonly width: number; readonly high: number; readonly masses: Float64Array }>();
  #count = 0;

  /** The masses of one interval under kernels of one width, by their `slots`; NaN where they are not computed yet. */
  at({ low, high }: Pick<UnitShare, 'low' | 'high'>, width: number, slots: number): Float64Array {
    const known = this.#kept.get(low);
    if (known?.width === width && known.high === high && known.masses.length >= slots) return known.masses;
    const masses = new Float64Array(slots + (slots >> 2) + 16).fill(Number.NaN);
    this.#count += masses.length - (known?.masses.length ?? 0);
    if (this.#count > mostKept) {
      this.#kept.clear();
      this.#count = masses.length;
    }
    this.#kept.set(low, { width, high, masses });
    return masses;
  }
}
