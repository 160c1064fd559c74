import { expect } from 'vitest';
import { invariant } from '../../src/shared/errors.ts';
import { runSql } from '../store/server.ts';
import { externalStudy } from './definitions.ts';
import type { TestService } from './service.ts';

/** A trial that was given out. */
export interface Asked {
  readonly id: string;
  readonly number: number;
  readonly attempt: number;
  readonly parameters: { readonly x: number; readonly n: number };
  readonly lease: { readonly token: string };
  readonly earlierValues?: readonly { readonly until: number; readonly parameters: Readonly<Record<string, unknown>> }[];
  readonly resume: { readonly trialId: string; readonly number: number; readonly step: number; readonly checkpoint: string } | null;
  readonly continues: { readonly trialId: string; readonly number: number } | null;
}

/** A worker of a client, and the studies that it works on. @param service the service, once it has started */
export function workerClient(service: () => TestService) {
  async function create(changes: Record<string, unknown> = {}): Promise<string> {
    const response = await service().post('/v1/studies', externalStudy(changes));
    expect(response.statusCode, response.body).toBe(201);
    return response.json().id;
  }

  async function ask(studyId: string, more: Record<string, unknown> = {}): Promise<Asked[]> {
    const response = await service().post(`/v1/studies/${studyId}/ask`, { worker: 'test', ...more });
    expect(response.statusCode, response.body).toBe(200);
    return response.json().trials;
  }

  const tell = (trial: Asked, verb: string, body: Record<string, unknown> = {}) =>
    service().post(`/v1/trials/${trial.id}/${verb}`, { token: trial.lease.token, ...body });

  async function complete(trial: Asked, accuracy: number): Promise<void> {
    const response = await tell(trial, 'complete', { values: { accuracy } });
    expect(response.statusCode, response.body).toBe(200);
  }

  /** Lets the lease of a trial end. A server that has started just now would leave it one lease more. */
  const expire = (trial: Asked) =>
    runSql(
      service().url,
      `UPDATE trial SET lease_until = clock_timestamp() - interval '1 hour', lease_seconds = 0.1 WHERE id = '${trial.id}'`,
    );

  async function one(studyId: string, more: Record<string, unknown> = {}): Promise<Asked> {
    const [trial] = await ask(studyId, more);
    invariant(trial, 'a trial was given out');
    return trial;
  }

  async function ended(studyId: string): Promise<void> {
    await expect.poll(async () => (await service().get(`/v1/studies/${studyId}`)).json().state, { timeout: 10_000 }).toBe('completed');
  }

  async function verified(studyId: string): Promise<void> {
    const response = await service().request({ method: 'POST', url: `/v1/studies/${studyId}/verify` });
    expect(response.json(), response.body).toMatchObject({ verified: true, differences: [] });
  }

  return { create, ask, tell, complete, expire, one, ended, verified };
}
