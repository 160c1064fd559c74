import { HttpProblem } from './http-problem.ts';

const mebibyte = 1_048_576;

/**
 * Most bytes of a body. A definition holds the longest list of points (10,000) over the widest search space of any
 * objective, indented by four spaces; an import holds the export of a study of 100,000 trials.
 */
export const bodyLimits = { definition: 8 * mebibyte, import: 64 * mebibyte, other: mebibyte } as const;

/** Most JSON values of a body, those within others included. A look at so many takes less than a second. */
export const valueLimits = { definition: 250_000, import: 8_000_000 } as const;

/** Writes a size for people: `8 MiB`. */
export function inMebibytes(bytes: number): string {
  return `${bytes / mebibyte} MiB`;
}

/** The problem of a body that is longer than its operation takes. */
export function payloadTooLarge(most: number = bodyLimits.other): HttpProblem {
  return new HttpProblem('payload-too-large', `the body is larger than the ${inMebibytes(most)} that this operation takes`);
}
