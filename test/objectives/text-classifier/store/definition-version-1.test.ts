import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { storedTrialById } from '../../../store/inspect.ts';
import { claimed, openStudyStore, type StudyStore } from '../../../store/study-fixture.ts';
import { addStudy } from '../trained-studies.ts';

let store: StudyStore;
beforeAll(async () => {
  store = await openStudyStore();
});
afterAll(() => store[Symbol.asyncDispose]());

const runner = randomUUID();

it('a study whose definition names no kind of failure to retry, as version 0.1.0 stored it, retries every kind', async () => {
  await addStudy(store, { budget: { trials: 1 } });
  await store.sql(
    `UPDATE study SET definition_version = 1, definition_digest = NULL,
      spec = (spec #- '{retries,on}') - ARRAY['metrics', 'schedule', 'evaluate', 'labels'] || jsonb_build_object('metric', spec -> 'metrics' -> 0)`,
  );
  for (const code of ['training-error', 'trainer-crashed', 'stalled'] as const) {
    const trial = await claimed(store, runner);
    await store.queue.fail(trial, { code, message: 'it failed' });
    expect(await storedTrialById(store, trial.trialId)).toMatchObject({ state: code === 'stalled' ? 'failed' : 'queued' });
  }
});
