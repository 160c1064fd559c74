import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Bench } from '../../../runner/bench.ts';
import { storedTrial } from '../../../store/inspect.ts';
import { eventually } from '../../../support/eventually.ts';
import { addStudy } from '../trained-studies.ts';
import { openClassifierBench } from './bench.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await openClassifierBench();
});
afterEach(() => bench[Symbol.asyncDispose]());

it.each([
  ['fail', 'there is no such archive'],
  ['die', 'preparing the data ended early (exit code 9)'],
])('a dataset whose preparation does this: %s, fails the study after the attempts of a trial', async (behaviour, message) => {
  await writeFile(join(bench.folder, 'dataset-behaviour'), behaviour);
  const study = await addStudy(bench.store, { budget: { trials: 1 }, retries: { maxAttempts: 3 } });
  await bench.start();
  const ended = await eventually(async () => {
    const found = await bench.store.reader.study(study);
    expect(found?.endedAt).not.toBeNull();
    return found;
  });
  expect(ended).toMatchObject({ state: 'failed', outcome: { detail: message } });
  expect(await storedTrial(bench.store, study)).toMatchObject({
    failures: 3,
    attempts: 3,
    error: { code: 'dataset-unavailable', message },
  });
});
