import type { ProblemCode, ViolationRepresentation } from '../api/problem.ts';

/** Rejects a request for a reason that only the HTTP layer knows. The domain has its own errors. */
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
