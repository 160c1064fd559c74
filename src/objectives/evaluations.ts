import type { z } from 'zod';
import type { Json } from '../shared/digest.ts';

/** A number of a held-out measurement. */
export interface EvaluationValue {
  readonly name: string;
  /** A few words for a heading, such as `AUC-ROC`. */
  readonly label: string;
  /** One plain sentence: the measured quantity and its value in special cases. */
  readonly text: string;
  /** A count, shown without decimals. */
  readonly whole: boolean;
}

/** An axis of a curve. */
export interface CurveAxis {
  readonly name: string;
  /** Ends of the axis. */
  readonly low: number;
  readonly high: number;
}

/** A curve of a held-out measurement. */
export interface EvaluationCurve {
  readonly name: string;
  readonly title: string;
  /** The first axis is horizontal, the second vertical; others only add facts to each point. */
  readonly axes: readonly CurveAxis[];
  /** A number for each axis, by rising first number. */
  readonly points: readonly (readonly number[])[];
  /** Between two points, and before the first, the curve is as high as the next point; else straight lines join the points. */
  readonly steps: boolean;
  /** A reference height; null if there is none. */
  readonly baseline: { readonly label: string; readonly value: number } | null;
}

/** A table of counts of a held-out measurement. */
export interface EvaluationTable {
  readonly name: string;
  readonly title: string;
  /** Heading of the rows. */
  readonly corner: string;
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  /** Row by row. */
  readonly cells: readonly (readonly number[])[];
}

/** A held-out measurement as it is shown. */
export interface Evaluation {
  /** By the names of `Evaluations.values`, in their order; null if one is not finite. */
  readonly values: Readonly<Record<string, number | null>>;
  readonly curves: readonly EvaluationCurve[];
  readonly tables: readonly EvaluationTable[];
}

/** The measurement of results on data that takes no part in any search, and how it is shown. */
export interface Evaluations {
  /** The held-out data, such as `the test split`. */
  readonly data: string;
  /** Checks a measurement that an evaluator sent, or that is stored. */
  readonly schema: z.ZodType<Json>;
  /** Its numbers, in the order in which they are shown. */
  readonly values: readonly EvaluationValue[];
  /** The name of the value that is shown if there is room for one only. */
  readonly headline: string;
  /** @throws ZodError if the stored measurement is none of this objective */
  present(stored: Json): Evaluation;
}
