import type { AccessKey } from './key.ts';
import { defaultProject } from './project.ts';
import { allows, type Scope } from './scope.ts';

/** The sender of a request, and what it may do. */
export interface Caller {
  /** `operator`: it sent the key of the setting CLAVIER_KEY; `anyone`: it sent none, and none is needed. */
  readonly kind: 'key' | 'operator' | 'anyone';
  /** The key that it sent; null: the operator's setting, or none where none is needed. */
  readonly keyId: string | null;
  /** Name of that key. */
  readonly keyName: string | null;
  /** The project in which it acts: whose studies it sees, and into which it creates. */
  readonly project: string;
  /** True if it may choose the project, and administers all. */
  readonly everywhere: boolean;
  readonly scopes: readonly Scope[];
}

/** The operator, or anyone where no key is needed: every right in every project. */
export function operator(kind: 'operator' | 'anyone', project = defaultProject): Caller {
  return { kind, keyId: null, keyName: null, project, everywhere: true, scopes: ['admin'] };
}

/** The holder of a key. @param project in which it acts: that of the key, unless it is of all */
export function keyHolder({ id, name, scopes, project: own }: AccessKey, project: string): Caller {
  return { kind: 'key', keyId: id, keyName: name, project, everywhere: own === null, scopes };
}

export function mayDo({ scopes }: Pick<Caller, 'scopes'>, needed: Scope): boolean {
  return allows(scopes, needed);
}
