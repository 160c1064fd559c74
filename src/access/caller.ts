import { defaultProject } from './project.ts';
import { allows, type Scope } from './scope.ts';

/** The sender of a request, and what it may do. */
export interface Caller {
  /** The key that it sent; null: the operator's setting, or none where none is needed. */
  readonly keyId: string | null;
  /** The project in which it acts: whose studies it sees, and into which it creates. */
  readonly project: string;
  /** True if it may choose the project, and administers all. */
  readonly everywhere: boolean;
  readonly scopes: readonly Scope[];
}

/** The operator: every right in every project. */
export function operator(project = defaultProject): Caller {
  return { keyId: null, project, everywhere: true, scopes: ['admin'] };
}

export function mayDo({ scopes }: Pick<Caller, 'scopes'>, needed: Scope): boolean {
  return allows(scopes, needed);
}
