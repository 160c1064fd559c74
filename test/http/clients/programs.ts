/** The definition that each program posts. */
const definition = `{
  name: 'by a generated client',
  searchSpace: [{ type: 'float', name: 'x1', low: -5, high: 10 }, { type: 'float', name: 'x2', low: 0, high: 15 }],
  metrics: [{ name: 'value', direction: 'minimize' }],
  sampler: { type: 'random' },
  budget: { trials: 3 },
  seed: 1,
  objective: { type: 'test-function', function: 'branin' },
}`;

const waiting = `
const ended = (state: string): boolean => state === 'completed' || state === 'failed' || state === 'cancelled';
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 50));
const baseUrl = process.argv[2] ?? '';`;

/** Uses the client of @hey-api/openapi-ts: one function for each operation. */
export const heyApiProgram = `
import { createStudy, getLeaderboard, getStudy } from './client/index.js';
import { client } from './client/client.gen.js';
import type { ProblemCode, StudyState, TrialCounts } from './client/index.js';
${waiting}
client.setConfig({ baseUrl });

const created = await createStudy({ body: ${definition}, throwOnError: true });
if (!('id' in created.data)) throw new Error('this was no dry run');
let study = created.data;
while (!ended(study.state)) {
  await pause();
  study = (await getStudy({ path: { studyId: study.id }, throwOnError: true })).data;
}
const state: StudyState = study.state;
const trials: TrialCounts = study.trials;
const { data: board } = await getLeaderboard({ path: { studyId: study.id }, query: { limit: 1 }, throwOnError: true });
const overridden = await createStudy({ body: { preset: 'unknown', sampler: { type: 'genetic', population: 4 }, budget: { generations: 2 } } });
const { error, response } = overridden;
if (error === undefined) throw new Error('there is no such preset');
const code: ProblemCode = error.code;
console.log(JSON.stringify({ state, completed: trials.completed, best: board.items[0]?.rank, status: response?.status, code, pointers: error.errors.map(({ pointer }) => pointer) }));
`;

/** Uses the types of openapi-typescript with openapi-fetch: one method for each HTTP method, typed by address. */
export const typedFetchProgram = `
import createClient from 'openapi-fetch';
import type { components, paths } from './api.js';
${waiting}
const client = createClient<paths>({ baseUrl });

const body: components['schemas']['StudyRequest'] = ${definition};
const created = await client.POST('/v1/studies', { body });
if (created.error) throw new Error(created.error.detail);
if (!('id' in created.data)) throw new Error('this was no dry run');
let study = created.data;
while (!ended(study.state)) {
  await pause();
  const read = await client.GET('/v1/studies/{studyId}', { params: { path: { studyId: study.id } } });
  if (!read.data) throw new Error('the study is gone');
  study = read.data;
}
const { data: board } = await client.GET('/v1/studies/{studyId}/leaderboard', { params: { path: { studyId: study.id }, query: { limit: 1 } } });
const { error, response } = await client.POST('/v1/studies', { body: { preset: 'unknown', budget: { trials: 2 } } });
if (!error) throw new Error('there is no such preset');
const code: components['schemas']['ProblemCode'] = error.code;
console.log(JSON.stringify({ state: study.state, completed: study.trials.completed, best: board?.items[0]?.rank, status: response.status, code, pointers: error.errors.map(({ pointer }) => pointer) }));
`;
