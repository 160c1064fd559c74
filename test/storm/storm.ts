import { setTimeout as delay } from 'node:timers/promises';
import type { StudyRepresentation } from '../../src/api/study.ts';
import { Dice } from '../chaos/dice.ts';
import { ApiPair } from './api-pair.ts';
import { bodyOf, patientCalls } from './patient-calls.ts';
import { checkStudy } from './storm-checks.ts';
import { StormTally } from './storm-tally.ts';
import { type StormHabits, workThroughStorm } from './storm-worker.ts';

/** Options of a storm. */
export interface StormOptions {
  readonly databaseUrl: string;
  /** For the data folders of the processes. */
  readonly folder: string;
  readonly study: object;
  readonly trials: number;
  readonly workers: number;
  readonly killSeconds: number;
  readonly habits: StormHabits;
  /** Seed of what the workers do; the order of their requests is not repeatable. */
  readonly seed: number;
  /** Called every few seconds with the counts. */
  readonly onProgress?: (line: string) => void;
}

/** Result of a storm. */
export interface StormResult {
  readonly tally: StormTally;
  /** The export of the study without provenance. */
  readonly text: string;
  readonly differences: readonly string[];
  readonly seconds: number;
}

const progressMs = 5000;

/**
 * Runs a study with workers that die, stall and give back, through two api processes of which one after the other is killed, and checks
 * what came of it.
 */
export async function runStorm(options: StormOptions): Promise<StormResult> {
  await using apis = await ApiPair.start(options);
  const tally = new StormTally();
  const call = patientCalls(apis.addresses, tally);
  const { id: studyId } = bodyOf<StudyRepresentation>(await call('POST', '/v1/studies', options.study));
  const beganMs = performance.now();
  const over = new AbortController();
  const killing = apis.killInTurn(options.killSeconds * 1000, tally, over.signal);
  const showing = showProgress(options, tally, over.signal);
  const workers = Array.from({ length: options.workers }, (_, number) =>
    workThroughStorm({
      name: `worker-${number}`,
      studyId,
      call,
      tally,
      dice: new Dice(options.seed, `worker ${number}`),
      habits: options.habits,
    }),
  );
  try {
    await Promise.all(workers);
  } finally {
    over.abort();
    await Promise.all([killing, showing]);
  }
  const seconds = (performance.now() - beganMs) / 1000;
  const { text, differences } = await checkStudy({ call, tally, studyId }, options.trials);
  return { tally, text, differences: [...differences, ...apis.errors()], seconds };
}

async function showProgress({ onProgress }: StormOptions, tally: StormTally, until: AbortSignal): Promise<void> {
  while (onProgress && !until.aborted) {
    await delay(progressMs, undefined, { signal: until }).catch(() => undefined);
    onProgress(tally.text());
  }
}
