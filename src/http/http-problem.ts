import type { ProblemCode, ViolationRepresentation } from '../api/problem.ts';

/** A request that is not done, for a reason that only HTTP knows of: the domain has its own errors. */
export class HttpProblem extends Error {
  override readonly name = 'HttpProblem';
  readonly problem: ProblemCode;
  readonly violations: readonly ViolationRepresentation[];

  constructor(problem: ProblemCode, detail: string, violations: readonly ViolationRepresentation[] = []) {
    super(detail);
    this.problem = problem;
    this.violations = violations;
  }
}
