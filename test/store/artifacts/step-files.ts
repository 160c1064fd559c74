import { randomUUID } from 'node:crypto';
import { utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArtifactFolder } from '../../../src/store/artifacts/artifacts.ts';
import type { ClaimedTrial } from '../../../src/studies/ports/queue.ts';
import { type StudyStore, stepRecord, valuesOf } from '../study-fixture.ts';

/** Makes a file or folder look as if it was written so long ago. */
export const age = (path: string, minutes: number): Promise<void> =>
  utimes(path, Date.now() / 1000 - minutes * 60, Date.now() / 1000 - minutes * 60);

/** Puts a file that looks as if it was written so long ago. @returns its path */
export async function putAged(artifacts: ArtifactFolder, key: string, minutes: number): Promise<string> {
  const beside = join(await artifacts.scratch(randomUUID(), 'a key'), 'a file');
  await writeFile(beside, 'weights');
  await artifacts.put(key, beside);
  const file = await artifacts.get(key);
  await age(file, minutes);
  return file;
}

/** A digest of a trial's own training. */
export const digestFor = ({ trialId }: ClaimedTrial): string => `${trialId.slice(-2)}-${trialId}`;

/** Records a step of a training and its checkpoint file of ten minutes ago. @returns its path */
export async function recordStepFile(
  store: StudyStore,
  artifacts: ArtifactFolder,
  { trial, digest, step }: { readonly trial: ClaimedTrial; readonly digest: string; readonly step: number },
): Promise<string> {
  const key = join('steps', digest.slice(0, 2), digest, `${step}.ckpt`);
  const file = await putAged(artifacts, key, 10);
  await store.queue.recordStep(trial, {
    ...stepRecord(step, valuesOf(0.5), digest),
    checkpoint: { step, file: key, bytes: 7, sha256: 'ab' },
  });
  return file;
}
