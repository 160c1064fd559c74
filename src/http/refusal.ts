import type { FaultRepresentation, ProblemCode } from '../api/problem.ts';

/** A request that is not done, for a reason that only HTTP knows of: the domain has its own errors. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly problem: ProblemCode;
  readonly faults: readonly FaultRepresentation[];

  constructor(problem: ProblemCode, detail: string, faults: readonly FaultRepresentation[] = []) {
    super(detail);
    this.problem = problem;
    this.faults = faults;
  }
}
