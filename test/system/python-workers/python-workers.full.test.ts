import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { StudyRequest } from '../../../src/api/study-request.ts';
import type { TrialDetailRepresentation } from '../../../src/api/trial.ts';
import { startWorkerService, type WorkerService, workerStudy } from '../workers.ts';
import { type CrewResult, runCrew } from './crew.ts';
import type { Attempt } from './worker-log.ts';

let service: WorkerService;
beforeAll(async () => {
  service = await startWorkerService();
});
afterAll(() => service[Symbol.asyncDispose]());

const [workers, killed] = [8, 4];
/** Steps of a trial that is not stopped. */
const steps = 27;
const searchSpace: StudyRequest['searchSpace'] = [
  { type: 'float', name: 'level', low: 0, high: 1 },
  { type: 'float', name: 'rate', low: 0.05, high: 0.5 },
];

/** A study that a crew has worked on, and its trials by number. */
interface Worked extends CrewResult {
  readonly id: string;
  readonly trials: readonly TrialDetailRepresentation[];
}

/** Has a crew work on a new study until it has ended. */
async function worked(changes: Partial<StudyRequest>): Promise<Worked> {
  const { client, url, folder } = service;
  const { id } = await client.createStudy(workerStudy({ searchSpace, seed: 7, ...changes } as Partial<StudyRequest>));
  const own = join(folder, id);
  mkdirSync(own);
  const crew = await runCrew({ url, study: id, folder: own, workers, killed, stepSeconds: 0.1, steps, seed: 11 });
  expect((await client.getStudy(id)).state).toBe('completed');
  const trials: TrialDetailRepresentation[] = [];
  for await (const trial of client.listTrials(id)) trials.push(await client.getTrial(trial.id));
  trials.sort((one, other) => one.number - other.number);
  return { ...crew, id, trials };
}

/** The loss after a step of an evaluation that nothing interrupts, as worker.py computes it. */
function lossAt({ level, rateAt }: { readonly level: number; readonly rateAt: (step: number) => number }, step: number): number {
  let state = 0;
  for (let next = 1; next <= step; next += 1) state += (level - state) * rateAt(next);
  return 1 - state;
}

/** The parameters of a trial, with the number of its steps if none stops it, and with the rate at each step. */
const numbersOf = ({ parameters, earlierValues = [] }: TrialDetailRepresentation) => ({
  level: Number(parameters['level']),
  rateAt: (step: number): number => Number(earlierValues.find(({ until }) => step <= until)?.parameters['rate'] ?? parameters['rate']),
  steps: Number(parameters['steps'] ?? steps),
});

/** The attempts of a trial, in order. */
const attemptsAt = ({ attempts }: CrewResult, number: number): Attempt[] =>
  attempts.filter(({ trial }) => trial === number).toSorted((one, other) => one.attempt - other.attempt);

/**
 * The attempt that settled a trial: the one whose worker knows that it did, or else the last one, whose worker was killed before the answer
 * to its last report.
 */
function settlingOf(study: CrewResult, number: number): Attempt | undefined {
  const own = attemptsAt(study, number);
  return own.find(({ end }) => end.event === 'completed' || (end.event === 'stopped' && end.reason === 'pruned')) ?? own.at(-1);
}

/** Attempts that settled no trial: of workers that were killed, and of those that were told that they had lost theirs. */
const lostOf = (study: CrewResult): Attempt[] => study.attempts.filter((attempt) => settlingOf(study, attempt.trial) !== attempt);

/** Checks that each trial has its one result, which is that of an uninterrupted evaluation, and that nobody but the killed lost one. */
function checkTrials(study: Worked): void {
  const { killed: last, trials } = study;
  const isKilled = (attempt: Attempt | undefined): boolean => attempt !== undefined && last.includes(attempt);
  expect(trials.map(({ number }) => number)).toEqual(trials.map((_, index) => index));
  for (const trial of trials) {
    const own = attemptsAt(study, trial.number).map(({ attempt }) => attempt);
    expect(own).toEqual(Array.from({ length: trial.attempts }, (_, index) => index + 1));
    const numbers = numbersOf(trial);
    expect(trial.value).toBe(lossAt(numbers, trial.prunedAt ?? numbers.steps));
    expect(trial.measurements.map(({ values }) => values['loss'])).toEqual(trial.measurements.map(({ step }) => lossAt(numbers, step)));
    const settling = settlingOf(study, trial.number);
    if (trial.state === 'completed') expect(settling?.end.event).toBe('completed');
    else if (!isKilled(settling)) expect(settling?.end.event).toBe('stopped');
  }
  expect(last).toHaveLength(killed);
  const lost = lostOf(study);
  expect(lost).toHaveLength(trials.reduce((sum, trial) => sum + trial.attempts - 1, 0));
  // A living worker learns of a lease that ended because the machine was too busy for its heartbeats.
  for (const attempt of lost) if (!isKilled(attempt)) expect(attempt.end.event).toMatch(/lost|stopped/);
}

/** Checks that the study and a copy of it are verified. */
async function checkVerified({ id }: Worked): Promise<void> {
  const { client } = service;
  expect(await client.verifyStudy(id)).toMatchObject({ verified: true, differences: [] });
  const copy = await client.importStudy({ document: JSON.parse(await client.exportStudy(id)) });
  expect(await client.verifyStudy(copy.id)).toMatchObject({ verified: true, differences: [] });
}

/** The counts of a study, for the output of the test. */
function countsOf(study: Worked): string {
  const { trials, attempts } = study;
  const inState = (state: string): number => trials.filter((trial) => trial.state === state).length;
  const evaluated = attempts.reduce((sum, attempt) => sum + attempt.evaluated.length, 0);
  const continued = attempts.filter(({ attempt, begunAfter }) => attempt > 1 && begunAfter > 0).length;
  const parts = [`${trials.length} trials`, `${inState('completed')} completed`, `${inState('pruned')} pruned`];
  return [
    ...parts,
    `${lostOf(study).length} attempts lost`,
    `${continued} of their trials continued after a checkpoint`,
    `${evaluated} steps evaluated`,
  ].join(', ');
}

/** Steps at which the trial ended that another one continues; 0 if it begins anew. */
function begunAt({ trials }: Worked, { continues }: TrialDetailRepresentation): number {
  const earlier = continues === undefined ? undefined : trials[continues];
  return earlier ? numbersOf(earlier).steps : 0;
}

/** The steps of a study if none is evaluated twice. */
const leastOf = (study: Worked): number => study.trials.reduce((sum, trial) => sum + numbersOf(trial).steps - begunAt(study, trial), 0);

/** Checks that each attempt began with the last checkpoint before it, and that no step was evaluated twice but those behind the last one of a lost attempt. */
function checkContinuations(study: Worked): void {
  const { trials, attempts } = study;
  for (const { trial, attempt, begunAfter, reference, continues } of attempts) {
    const own = trials[trial];
    const before = attempts.find((one) => one.trial === trial && one.attempt === attempt - 1);
    expect(continues).toBe(own?.continues ?? null);
    // The report of a checkpoint can have been stored though its worker was killed before the answer.
    if (before) expect([before.kept, before.evaluated.at(-1)]).toContain(begunAfter);
    else expect(begunAfter).toBe(own && begunAt(study, own));
    expect(reference === null || existsSync(reference)).toBe(true);
  }
  const evaluated = attempts.reduce((sum, attempt) => sum + attempt.evaluated.length, 0);
  const lost = lostOf(study);
  const after = lost.reduce((sum, attempt) => sum + attempt.evaluated.filter((step) => step > attempt.kept).length, 0);
  expect(lost.filter(({ begunAfter, kept }) => kept > begunAfter).length).toBeGreaterThan(0);
  expect(evaluated - leastOf(study)).toBeGreaterThanOrEqual(0);
  expect(evaluated - leastOf(study)).toBeLessThanOrEqual(after);
}

test('early stopping with eight Python workers of which four die loses no trial, and each worker stops when it is told', async () => {
  const study = await worked({ sampler: { type: 'random' }, pruner: { type: 'asha' }, budget: { trials: 60 } });
  console.log(`asha: ${countsOf(study)}`);
  const { trials, killed: last } = study;
  expect(trials).toHaveLength(60);
  checkTrials(study);
  const pruned = trials.filter(({ state }) => state === 'pruned');
  expect(pruned.length).toBeGreaterThan(20);
  expect(trials.filter(({ state }) => state === 'completed')).toHaveLength(60 - pruned.length);
  for (const { number, prunedAt, judgements } of pruned) {
    const settling = settlingOf(study, number);
    expect(settling?.evaluated.at(-1)).toBe(prunedAt);
    if (settling && !last.includes(settling)) expect(settling.end).toMatchObject({ event: 'stopped', reason: 'pruned', step: prunedAt });
    expect(judgements?.filter(({ stopped }) => stopped)).toMatchObject([{ step: prunedAt }]);
  }
  await checkVerified(study);
});

test('a search with rungs of which half of the Python workers die continues each trial from its last checkpoint', async () => {
  const study = await worked({
    searchSpace: [...(searchSpace ?? []), { type: 'int', name: 'steps', low: 3, high: steps }],
    sampler: { type: 'successive-halving', fidelity: 'steps', proposer: { type: 'random' }, rounds: 5 },
    budget: {},
  } as Partial<StudyRequest>);
  const { trials } = study;
  console.log(`successive halving: ${countsOf(study)}, at least ${leastOf(study)}`);
  expect(trials).toHaveLength(5 * 13);
  expect(leastOf(study)).toBe(5 * 63);
  expect(trials.map(({ state }) => state)).toEqual(trials.map(() => 'completed'));
  checkTrials(study);
  checkContinuations(study);
  await checkVerified(study);
});

test('population based training of which half of the Python workers die continues each member with the values of each step', async () => {
  const study = await worked({
    searchSpace: [...(searchSpace ?? []), { type: 'int', name: 'steps', low: 1, high: steps }],
    sampler: { type: 'pbt', fidelity: 'steps', population: 10, interval: 5, share: 0.3, changes: ['rate'] },
    budget: {},
  } as Partial<StudyRequest>);
  const { trials } = study;
  console.log(`population based training: ${countsOf(study)}, at least ${leastOf(study)}`);
  expect(trials).toHaveLength(6 * 10);
  expect(leastOf(study)).toBe(10 * steps);
  expect(trials.map(({ state }) => state)).toEqual(trials.map(() => 'completed'));
  expect(trials.filter(({ earlierValues }) => earlierValues !== undefined).length).toBeGreaterThan(15);
  checkTrials(study);
  checkContinuations(study);
  await checkVerified(study);
});
