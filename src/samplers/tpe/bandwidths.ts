/** How the widths of the kernels of one numeric parameter follow from their centres, all in the unit interval. */
export interface BandwidthRule {
  /** Whether the centre of the prior kernel, 1/2, counts as a neighbour (hyperopt) or the two ends stand in where there is no other (Optuna). */
  readonly prior: boolean;
  /** The least width of each of `count` kernels (the "magic clip"), above 0; the greatest is the prior's, 1. */
  readonly least: (count: number) => number;
}

/**
 * Standard deviations of the kernels at `centres`, in their order. The prior's own is 1 and not among them.
 *
 * The rule is that of Bergstra et al. 2011, section 4 ("the greater of the distances to the left and right neighbor",
 * clipped), as hyperopt and Optuna read it: the outermost kernels look at their one neighbour only.
 */
export function bandwidths(centres: Float64Array, rule: BandwidthRule): Float64Array {
  const [only] = centres;
  if (only === undefined) return new Float64Array(0);
  const least = rule.least(centres.length);
  if (centres.length === 1) return Float64Array.of(clipped(rule.prior ? 0.5 : Math.max(only, 1 - only), least));
  return clippedGaps(centres, rule.prior, least);
}

function clipped(width: number, least: number): number {
  return Math.min(Math.max(width, least), 1);
}

/**
 * For each centre, the larger distance to its neighbours, clipped; of equal centres, the earlier one is to the left,
 * and the prior left of all. Only centres in a cell beside a wide gap are looked up: of thousands, next to none.
 */
function clippedGaps(centres: Float64Array, prior: boolean, least: number): Float64Array {
  const sorted = new Float64Array(centres.length + (prior ? 1 : 0)).fill(0.5);
  sorted.set(centres);
  sorted.sort();
  const besideGap = cellsBesideGaps(sorted, least);
  const taken = new Uint32Array(sorted.length);
  if (prior) taken[firstPlace(sorted, 0.5)] = 1;
  const widths = new Float64Array(centres.length).fill(clipped(0, least));
  for (let index = 0; index < centres.length; index += 1) {
    const centre = centres[index] as number;
    if (besideGap[cellOf(centre)] === 0) continue;
    const first = firstPlace(sorted, centre);
    const place = first + (taken[first] as number);
    taken[first] = (taken[first] as number) + 1;
    widths[index] = clipped(gapAt(sorted, place), least);
  }
  return widths;
}

/** The larger distance of a place to its neighbours. */
function gapAt(sorted: Float64Array, place: number): number {
  const own = sorted[place] as number;
  const left = place > 0 ? own - (sorted[place - 1] as number) : 0;
  const right = place + 1 < sorted.length ? (sorted[place + 1] as number) - own : 0;
  return Math.max(left, right);
}

const cells = 1024;

function cellOf(coordinate: number): number {
  return Math.min(Math.floor(coordinate * cells), cells - 1);
}

/** Which cells of the unit interval have a centre that is farther than `least` from a neighbour: 1, else 0. */
function cellsBesideGaps(sorted: Float64Array, least: number): Uint8Array {
  const beside = new Uint8Array(cells);
  for (let place = 1; place < sorted.length; place += 1) {
    const [left, right] = [sorted[place - 1] as number, sorted[place] as number];
    if (right - left <= least) continue;
    beside[cellOf(left)] = 1;
    beside[cellOf(right)] = 1;
  }
  return beside;
}

/** The first place of a value in a sorted list that has it. */
function firstPlace(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
