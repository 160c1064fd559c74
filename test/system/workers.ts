import type { StudyRequest } from '../../src/api/study-request.ts';
import { type Client, createClient } from '../../src/client/client.ts';
import { createTestDatabase } from '../store/database.ts';
import { temporaryFolder } from '../store/temporary-folder.ts';
import { startProcess } from './service-process.ts';

/** A service for workers, as a user starts it: `clavier api` on a database of its own. */
export interface WorkerService extends AsyncDisposable {
  readonly url: string;
  readonly client: Client;
  /** A scratch folder. */
  readonly folder: string;
}

/** Starts a service. */
export async function startWorkerService(): Promise<WorkerService> {
  const database = await createTestDatabase();
  const folder = await temporaryFolder();
  const api = startProcess(['api'], { DATABASE_URL: database.url, CLAVIER_DATA_DIR: folder.path });
  const url = await api.url();
  return {
    url,
    client: createClient({ baseUrl: url }),
    folder: folder.path,
    async [Symbol.asyncDispose]() {
      for (const part of [api, folder, database]) await part[Symbol.asyncDispose]();
    },
  };
}

/** A study whose trials the tests evaluate: `loss` is to be minimised over `x`. */
export function workerStudy(changes: Partial<StudyRequest> = {}): StudyRequest {
  return {
    name: 'of workers',
    searchSpace: [{ type: 'float', name: 'x', low: -5, high: 5 }],
    metrics: [{ name: 'loss' }],
    sampler: { type: 'random' },
    budget: { trials: 6 },
    objective: { type: 'external', metrics: [{ name: 'loss', direction: 'minimize' }] },
    ...changes,
  } as StudyRequest; // a full definition stays one
}
