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
  /**
   * Yields the campaigns and studies of a project as they arrive, a line of JSON each; the last line has their numbers.
   *
   * @throws Error at the end if the last line is missing: the export is not whole
   */
  exportProject(name: string): AsyncGenerator<string>;
  /** Begins to delete all that a project has, for good. `getProject` shows the state `erasing` until the project is gone. */
  eraseProject(name: string): Promise<ProjectRepresentation>;
}

/** Makes the methods for projects. */
export function projectMethods({ json, lines }: Pick<Requester, 'json' | 'lines'>): ProjectClient {
  const project = (name: string, rest = ''): string => `/v1/projects/${encodeURIComponent(name)}${rest}`;
  return {
    createProject: (name) => json({ method: 'POST', path: '/v1/projects', body: { name } }),
    listProjects: async () => (await json<{ items: ProjectRepresentation[] }>({ path: '/v1/projects' })).items,
    getProject: (name) => json({ path: project(name) }),
    changeProject: (name, body) => json({ method: 'PATCH', path: project(name), body }),
    exportProject: (name) => whole(lines({ path: project(name, '/export'), timeoutSeconds: exportSeconds })),
    eraseProject: (name) => json({ method: 'DELETE', path: project(name), body: { confirm: name } }),
  };
}

async function* whole(lines: AsyncIterable<string>): AsyncGenerator<string> {
  let isWhole = false;
  for await (const line of lines) {
    isWhole = /^\{"kind":"end",.*\}$/.test(line);
    yield line;
  }
  if (!isWhole) throw new Error('the export is incomplete: its last line is missing or cut off; read it again');
}
