import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { studyReportFindings } from '../../src/campaigns/reporting/findings.ts';
import { verifyStudy } from '../../src/studies/actions/verify.ts';
import { inProcessFronts } from '../../src/studies/fronts/front-job.ts';
import { statementCounter } from './statement-count.ts';
import { addStudy, openStudyStore, type StudyStore } from './study-fixture.ts';

let store: StudyStore;
beforeAll(async () => {
  store = await openStudyStore();
});
afterAll(() => store[Symbol.asyncDispose]());
beforeEach(() => store.clear());

const metrics = ['accuracy', 'latency'].map((name) => ({ name, direction: 'maximize' }));

/** A study of two metrics whose given trials are its results: each second one is on the front. */
function withResults(count: number): Promise<string> {
  return addStudy(store, {
    objective: { type: 'external', metrics },
    metrics: metrics.map(({ name }) => ({ name })),
    searchSpace: [{ type: 'int', name: 'units', low: 1, high: 1000 }],
    givenTrials: Array.from({ length: count }, (_, number) => ({
      parameters: { units: number + 1 },
      values: { accuracy: number - (number % 2), latency: count - number },
    })),
    budget: { trials: count },
  });
}

test('a verification leaves the ranking to its threads, and compares with what they rank', async () => {
  const study = await withResults(10);
  const kinds: string[] = [];
  const front: typeof inProcessFronts.front = (job) => {
    kinds.push(job.kind);
    return inProcessFronts.front(job);
  };
  expect(await verifyStudy(store.reader, study, { fronts: { front } })).toMatchObject({ verified: true, differences: [] });
  expect(kinds).toEqual(['places']);
  const backwards: typeof inProcessFronts.front = async (job) => {
    const answer = await inProcessFronts.front(job);
    return answer.toReversed() as unknown as typeof answer;
  };
  const { differences } = await verifyStudy(store.reader, study, { fronts: { front: backwards } });
  expect(differences.map(({ where }) => where)).toEqual(['leaderboard/1']);
});

test('a report reads the results once', async () => {
  const study = await withResults(10);
  using counter = statementCounter();
  const sent = await counter.texts(() => studyReportFindings(store.reader, study));
  expect(sent.filter((text) => text.includes('AS final (state)'))).toHaveLength(1);
});
