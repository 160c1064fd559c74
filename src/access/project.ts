import { z } from 'zod';
import type { Quotas } from './quota.ts';

/** The project of everything that is created without a key of another. */
export const defaultProject = 'default';

export const projectNamePattern = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** Name of a project: what keeps studies, campaigns and keys of teams apart. It is never renamed. */
export const projectNameSchema = z
  .string()
  .regex(projectNamePattern, {
    error: 'must have 1 to 63 lower-case letters, digits and hyphens, and begin and end with a letter or digit',
  })
  .meta({ description: 'Name of a project: 1 to 63 lower-case letters, digits and hyphens.' });

/** Keeps the studies, campaigns and keys of a team apart from those of others. */
export interface Project {
  readonly name: string;
  readonly createdAt: Date;
  /** Its share of the runners' claims while trials of other projects wait too, from 1 to `mostWeight`. */
  readonly weight: number;
  readonly quotas: Quotas;
  /** Since then all that it has is being deleted; null: it is not. */
  readonly erasingSince: Date | null;
}

/** Values of a project to change; those that are left out stay. */
export interface ProjectChange {
  readonly weight?: number;
  readonly quotas?: Partial<Quotas>;
}

/** The members of a project that a request can change. */
export type EditableProject = Pick<Project, 'weight' | 'quotas'>;

export function editableProject({ weight, quotas }: Project): EditableProject {
  return { weight, quotas };
}

export const mostWeight = 1000;
