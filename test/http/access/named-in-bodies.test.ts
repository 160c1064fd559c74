import { afterAll, beforeAll, expect, it } from 'vitest';
import { externalStudy } from '../definitions.ts';
import { startTestService, type TestService } from '../service.ts';

const headers = { authorization: 'Bearer operators-own' };
let service: TestService;
let secret: string;
beforeAll(async () => {
  service = await startTestService({ key: 'operators-own' });
  await service.request({ method: 'POST', url: '/v1/projects', headers, payload: { name: 'vision' } });
  const payload = { name: 'own', scopes: ['write', 'work'], project: 'vision' };
  secret = (await service.request({ method: 'POST', url: '/v1/keys', headers, payload })).json().secret;
});
afterAll(() => service[Symbol.asyncDispose]());

const post = (url: string, payload: object) =>
  service.request({ method: 'POST', url, headers: { authorization: `Bearer ${secret}` }, payload });

it.each([
  ['/v1/ask', { worker: 'w', studies: [''] }, '/studies/0'],
  ['/v1/ask', { worker: 'w', studies: ['aaa'] }, '/studies/0'],
  ['/v1/ask', { worker: 'w', studies: 'aaa' }, '/studies'],
  ['/v1/campaigns', { studies: ['aaa'] }, '/studies/0'],
  ['/v1/studies', { studies: ['aaa'] }, '/studies'],
])('POST %s with %j under the key of a project is refused with the place of the error', async (url, payload, pointer) => {
  const answer = (await post(url, payload)).json();
  expect(answer.status).toBe(422);
  expect(answer.errors.map((error: { pointer: string }) => error.pointer)).toContain(pointer);
});

it('a study of another project that a request for trials names is answered as if there were none', async () => {
  const other = (await service.request({ method: 'POST', url: '/v1/studies', headers, payload: externalStudy() })).json().id;
  const answer = (await post('/v1/ask', { worker: 'w', studies: [other] })).json();
  expect(answer).toMatchObject({ status: 404, code: 'study-not-found', detail: `there is no study ${other}` });
});
