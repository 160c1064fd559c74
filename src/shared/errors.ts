/**
 * An expected outcome of the domain: something a caller can act on. What is not one of these is a broken invariant.
 *
 * `code` is stable and documented (see `http/problems.ts`); `faults` names every fault of the input at once.
 */
export class DomainError extends Error {
  override readonly name: string = 'DomainError';
  readonly code: string;
  readonly faults: readonly Fault[];
  /** Facts for programs, such as the state that forbids a move. Shown to the caller. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, more: { faults?: readonly Fault[]; details?: Record<string, unknown>; cause?: unknown } = {}) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.code = code;
    this.faults = more.faults ?? [];
    this.details = more.details ?? {};
  }
}

/** One fault of an input: where it is (a JSON pointer, RFC 6901) and what is wrong, in words. */
export interface Fault {
  readonly pointer: string;
  readonly detail: string;
}

/** States an invariant. Its failure is a bug of ours, never of the caller. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`invariant broken: ${message}`);
}
