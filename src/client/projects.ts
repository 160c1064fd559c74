import type { ProjectChangeRequest, ProjectDetails, ProjectRepresentation } from '../api/project.ts';
import type { Requester } from './request.ts';

/** Time limit of an export, in seconds. */
const exportSeconds = 24 * 3600;

/** Projects, their weights and quotas. */
export interface ProjectClient {
  createProject(name: string): Promise<ProjectRepresentation>;
  /** The projects that the caller may see, by name. */
  listProjects(): Promise<readonly ProjectRepresentation[]>;
  /** A project with what it uses. */
  getProject(name: string): Promise<ProjectDetails>;
  /** Changes the weight and the quotas of a project; null lifts a quota. */
  changeProject(name: string, change: ProjectChangeRequest): Promise<ProjectDetails>;
  /** The campaigns and studies of a project, a line of JSON each; the last line has their numbers. The text is as long as all that it has. */
  exportProject(name: string): Promise<string>;
  /** Begins to delete all that a project has, for good. `getProject` shows the state `erasing` until the project is gone. */
  eraseProject(name: string): Promise<ProjectRepresentation>;
}

/** Makes the methods for projects. */
export function projectMethods({ json, text }: Pick<Requester, 'json' | 'text'>): ProjectClient {
  const project = (name: string, rest = ''): string => `/v1/projects/${encodeURIComponent(name)}${rest}`;
  return {
    createProject: (name) => json({ method: 'POST', path: '/v1/projects', body: { name } }),
    listProjects: async () => (await json<{ items: ProjectRepresentation[] }>({ path: '/v1/projects' })).items,
    getProject: (name) => json({ path: project(name) }),
    changeProject: (name, body) => json({ method: 'PATCH', path: project(name), body }),
    exportProject: (name) => text({ path: project(name, '/export'), timeoutSeconds: exportSeconds }),
    eraseProject: (name) => json({ method: 'DELETE', path: project(name), body: { confirm: name } }),
  };
}
