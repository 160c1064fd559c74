import type { Page } from '../shared/page.ts';
import type { Actor, AuditEntry, AuditFilter, AuditNote } from './audit.ts';
import type { AccessKey } from './key.ts';
import type { EditableProject, Project, ProjectChange } from './project.ts';
import type { ProjectUsage } from './quota.ts';

/** A new key, with the digest of its secret. */
export interface NewKey extends Pick<AccessKey, 'id' | 'project' | 'name' | 'lastFour' | 'scopes' | 'createdBy' | 'expiresAt'> {
  readonly digest: Buffer;
}

/** Records the request behind a change of studies and campaigns, in its transaction. */
export interface AuditTransaction {
  /** Records by whom a study or campaign is cancelled or deleted, before it is. The project and the name are its own. */
  recordAction(kind: 'study' | 'campaign', note: Omit<AuditNote, 'project' | 'details'>): Promise<void>;
}

/**
 * Keys and projects as they are stored.
 *
 * @throws DatabaseUnreachableError while the database is unreachable
 */
export interface AccessStore {
  /** The key with a digest, also one that is revoked or has expired; null if there is none. */
  keyByDigest(digest: Buffer): Promise<AccessKey | null>;
  key(id: string): Promise<AccessKey | null>;
  /** Keys, newest first. @param filter `project`: only its keys; null: of every project and of none */
  keys(filter: { readonly project: string | null; readonly limit: number; readonly after?: string | undefined }): Promise<Page<AccessKey>>;
  /** Stores a key, and records by whom; null if there is no such project. */
  insertKey(key: NewKey, actor: Actor): Promise<AccessKey | null>;
  /** Revokes a key for ever, and records by whom; revoking it again changes nothing. null if there is none. */
  revokeKey(id: string, actor: Actor): Promise<AccessKey | null>;
  /** Notes that keys were used now. */
  noteUse(ids: readonly string[]): Promise<void>;
  /** True if some key with the right `admin` is neither revoked nor expired. */
  hasAdministrator(): Promise<boolean>;
  /** True once a key was made, also if all have expired or are revoked: a service that was closed does not open by itself. */
  hasKeys(): Promise<boolean>;
  projects(): Promise<readonly Project[]>;
  project(name: string): Promise<Project | null>;
  /** Creates a project, and records by whom; null if there is one of that name. */
  insertProject(name: string, actor: Actor): Promise<Project | null>;
  /** A page of the audit log, newest first. */
  audit(filter: AuditFilter): Promise<Page<AuditEntry>>;
  /**
   * Changes the weight and the quotas of a project. `changed`: it is no longer set as expected, and nothing was stored; null: there is none.
   *
   * @param expected what must still be set; null: anything may be
   */
  changeProject(name: string, change: ProjectChange, actor: Actor, expected?: EditableProject | null): Promise<Project | 'changed' | null>;
  projectUsage(name: string): Promise<ProjectUsage>;
  /**
   * Begins to delete all that a project has, its keys at once. Nothing can be created in it from then on; sweeps delete the rest and in the
   * end the project itself, but for the first one. If it has open studies or campaigns, nothing changes, and their numbers are returned;
   * null: there is no such project.
   */
  beginErasure(name: string, actor: Actor): Promise<'begun' | { readonly studies: number; readonly campaigns: number } | null>;
  /** The project of a study, campaign or trial; null if there is none. It never changes. */
  projectOf(kind: 'study' | 'campaign' | 'trial', id: string): Promise<string | null>;
}
