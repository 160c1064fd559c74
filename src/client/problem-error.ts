import type { ProblemRepresentation, ViolationRepresentation } from '../api/problem.ts';

/** The service refused a request. The message is the problem's detail, then one line for each violation that it does not mention. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  /** Stable, for programs; the service documents it under /problems. `unexpected-answer` when the answer was not a problem document. */
  readonly code: string;
  readonly status: number;
  readonly errors: readonly ViolationRepresentation[];
  /** The state that forbids the request, if there is one. */
  readonly state: ProblemRepresentation['state'];
  /** Pause that the service recommends before the next attempt, if it names one. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    problem: Pick<ProblemRepresentation, 'status' | 'detail' | 'errors' | 'state'> & { readonly code: string },
    retryAfterSeconds?: number,
  ) {
    super([problem.detail, ...problem.errors.filter((one) => !isSaid(one, problem.detail)).map(violationLine)].join('\n'));
    this.code = problem.code;
    this.status = problem.status;
    this.errors = problem.errors;
    this.state = problem.state;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** True if the detail of the problem has the violation with its place, as it has the first one. */
function isSaid({ pointer, parameter, detail }: ViolationRepresentation, text: string): boolean {
  const place = parameter ?? pointer ?? '';
  return detail === text || text.includes(place === '' ? detail : `${place} ${detail}`);
}

function violationLine({ pointer, parameter, detail }: ViolationRepresentation): string {
  return `  ${parameter ?? (pointer || 'the body')}: ${detail}`;
}

/** Makes the error for an unsuccessful answer. */
export async function problemErrorOf(response: Response): Promise<ProblemError> {
  const text = await response.text();
  const problem = parsed(text);
  const retryAfterSeconds = retryAfterOf(response);
  if (isProblem(problem)) return new ProblemError(problem, retryAfterSeconds);
  const detail = `the answer was ${response.status} ${response.statusText}, not a problem document: ${text.slice(0, 200)}`;
  return new ProblemError({ code: 'unexpected-answer', status: response.status, detail, errors: [] }, retryAfterSeconds);
}

/** Reads Retry-After. Dates are not parsed: the service sends seconds. */
export function retryAfterOf({ headers }: Response): number | undefined {
  const value = headers.get('retry-after') ?? '';
  return /^\d{1,6}$/.test(value) ? Number(value) : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isProblem(value: unknown): value is ProblemRepresentation {
  return (
    typeof value === 'object' &&
    value !== null &&
    'code' in value &&
    typeof value.code === 'string' &&
    'errors' in value &&
    Array.isArray(value.errors)
  );
}
