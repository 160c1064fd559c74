import type { LearningCurvesRepresentation } from '../api/report-curves.ts';
import type { Direction } from '../samplers/contract.ts';

type Curve = LearningCurvesRepresentation['curves'][number];

/** The end of the trial of a line: it was stopped early, it completed, or it is the best of its part. */
export type LineKind = 'completed' | 'stopped' | 'best';

/** A line of a plot of learning curves: a trial and its points by step. */
export interface LearningLine extends Pick<Curve, 'trial' | 'value' | 'prunedAt'> {
  readonly kind: LineKind;
  /** At least one. A value that is not finite is null, and leaves a gap. */
  readonly points: readonly LinePoint[];
}

export interface LinePoint {
  readonly step: number;
  readonly value: number | null;
}

/**
 * Makes a line of each curve. A line has the points of one trial; `pointsOf` decides which, so that a line may begin with those of another trial
 * that this one continues.
 *
 * @param best number of the best trial; null if there is none
 */
export function learningLines({ curves }: Pick<LearningCurvesRepresentation, 'curves'>, best: number | null): LearningLine[] {
  return curves.map((curve) => ({
    trial: curve.trial,
    value: curve.value,
    ...(curve.prunedAt !== undefined && { prunedAt: curve.prunedAt }),
    kind: kindOf(curve, best),
    points: pointsOf(curve),
  }));
}

function kindOf({ trial, prunedAt }: Curve, best: number | null): LineKind {
  if (prunedAt !== undefined) return 'stopped';
  return trial === best ? 'best' : 'completed';
}

function pointsOf({ steps, values }: Curve): LinePoint[] {
  return steps.map((step, index) => ({ step, value: values[index] ?? null }));
}

/** The vertical axis of a plot: from the best value to the worst that is drawn at its place. */
export interface ValueRange {
  readonly best: number;
  readonly worst: number;
  /** True if there are worse values, which are drawn at the edge. */
  readonly isCut: boolean;
}

/** Share of the points that may be drawn at the edge, and the part of the axis that they must take for that. */
const [shareCut, partCut] = [0.1, 2 / 3];

/**
 * Returns the range of the values of some lines; null if none is finite. The axis is cut where the worst tenth of the points would take more
 * than two thirds of it, as the first steps of an evaluation that diverged do: all other lines would be one. Of a best line, too, at most a
 * tenth is cut.
 */
export function valueRange(lines: readonly LearningLine[], direction: Direction): ValueRange | null {
  const all = bestFirst(lines, direction);
  const [best, worst] = [all[0], all.at(-1)];
  if (best === undefined || worst === undefined) return null;
  const ofBestLines = lines.filter(({ kind }) => kind === 'best').map((line) => keptOf(bestFirst([line], direction)));
  const kept = ordered([keptOf(all) ?? worst, ...ofBestLines.flatMap((value) => value ?? [])], direction).at(-1) ?? worst;
  const isCut = kept !== best && (worst - kept) / (worst - best) > partCut;
  return { best, worst: isCut ? kept : worst, isCut };
}

function bestFirst(lines: readonly LearningLine[], direction: Direction): number[] {
  return ordered(
    lines.flatMap(({ points }) => points.flatMap(({ value }) => value ?? [])),
    direction,
  );
}

function ordered(values: readonly number[], direction: Direction): number[] {
  return values.toSorted((one, other) => (direction === 'minimize' ? one - other : other - one));
}

/** The worst value before the worst tenth. @param values best first */
function keptOf(values: readonly number[]): number | undefined {
  return values[Math.ceil(values.length * (1 - shareCut)) - 1];
}

/** Moves a value that is worse than a range to its edge. */
export function withinRange({ best, worst }: ValueRange, value: number | null): number | null {
  if (value === null) return null;
  return worst >= best ? Math.min(value, worst) : Math.max(value, worst);
}
