/** Computes the widths of the kernels of one numeric parameter from their centres, all in the unit interval. */
export interface BandwidthRule {
  /**
   * If true, the centre of the prior kernel, 1/2, counts as a neighbour (hyperopt); else the ends of the interval replace missing
   * neighbours (Optuna).
   */
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
 * and the prior left of all.
 *
 * Only gaps wider than `least` matter. In cells narrower than that, such a gap lies between the largest centre of one
 * cell and the smallest of the next that has any: no sorting is needed, which would dominate for thousands.
 */
function clippedGaps(centres: Float64Array, prior: boolean, least: number): Float64Array {
  const cells = emptyCells(Math.floor(1 / least) + 1);
  if (prior) enter(cells, 0.5, nobody);
  for (let index = 0; index < centres.length; index += 1) enter(cells, centres[index] as number, index);
  const widths = new Float64Array(centres.length).fill(clipped(0, least));
  const widen = (index: number, gap: number): void => {
    if (index !== nobody) widths[index] = Math.max(widths[index] as number, clipped(gap, least));
  };
  let before = -1;
  for (let cell = 0; cell < cells.count; cell += 1) {
    if (cells.least[cell] === Number.POSITIVE_INFINITY) continue;
    const gap = before < 0 ? 0 : (cells.least[cell] as number) - (cells.greatest[before] as number);
    if (gap > least) {
      widen(cells.greatestIndex[before] as number, gap);
      widen(cells.leastIndex[cell] as number, gap);
    }
    before = cell;
  }
  return widths;
}

/** The index of the prior, whose width is given. */
const nobody = -1;

/** Equal-width cells of the unit interval, each with its least centre (lowest index on ties) and its greatest (highest index on ties). */
interface Cells {
  readonly count: number;
  readonly least: Float64Array;
  readonly leastIndex: Int32Array;
  readonly greatest: Float64Array;
  readonly greatestIndex: Int32Array;
}

function emptyCells(count: number): Cells {
  return {
    count,
    least: new Float64Array(count).fill(Number.POSITIVE_INFINITY),
    leastIndex: new Int32Array(count),
    greatest: new Float64Array(count).fill(Number.NEGATIVE_INFINITY),
    greatestIndex: new Int32Array(count),
  };
}

function enter({ count, least, leastIndex, greatest, greatestIndex }: Cells, centre: number, index: number): void {
  const cell = Math.min(Math.floor(centre * count), count - 1);
  if (centre < (least[cell] as number)) {
    least[cell] = centre;
    leastIndex[cell] = index;
  }
  if (centre >= (greatest[cell] as number)) {
    greatest[cell] = centre;
    greatestIndex[cell] = index;
  }
}
