/**
 * An expected outcome of the domain that a caller can act on. Any other error is a broken invariant.
 *
 * `code` is stable and documented (see `http/problems.ts`). `violations` lists every error in the input.
 */
export class DomainError extends Error {
  override readonly name: string = 'DomainError';
  readonly code: string;
  readonly violations: readonly Violation[];
  /** Machine-readable facts, such as the state that forbids a transition. Shown to the caller. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: string,
    message: string,
    more: { violations?: readonly Violation[]; details?: Record<string, unknown>; cause?: unknown } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.code = code;
    this.violations = more.violations ?? [];
    this.details = more.details ?? {};
  }
}

/**
 * One error in an input: its place (a JSON pointer, RFC 6901) and a description. The member `violation` of a trial is something else: a number, its
 * distance from the limits of its study.
 */
export interface Violation {
  readonly pointer: string;
  readonly detail: string;
}

/** A violation that may follow from several values of an input. */
export interface CrossViolation extends Violation {
  /** JSON pointers to the other values that it follows from, `*` for every item of a list. Default: its own value alone. */
  readonly from?: readonly string[];
}

/**
 * Asserts an invariant. A failure is a bug in Clavier, never the caller's mistake.
 *
 * @throws Error when the condition does not hold
 */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`invariant broken: ${message}`);
}
