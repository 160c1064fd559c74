import { canonicalText } from '../../src/shared/digest.ts';
import { randomStream } from '../../src/shared/random.ts';
import { type ResolvedSpec, samplerOf, studySpecSchema } from '../../src/studies/definition/definition.ts';
import type { GivenTrial } from '../../src/studies/definition/given-trials.ts';
import { resolveSpec } from '../../src/studies/definition/resolve.ts';
import type { TrialError } from '../../src/studies/model/failure.ts';
import { isFinal, type StudyState } from '../../src/studies/model/states.ts';
import type { Outcome, SamplerProgress, StudyCheckpoint } from '../../src/studies/model/study.ts';
import type { TrialResult } from '../../src/studies/model/trial.ts';
import { observationOf } from '../../src/studies/search/advance-draft.ts';
import { planAdvance, planStart } from '../../src/studies/search/advance-plan.ts';
import { progressAfter, storedGiven } from '../../src/studies/search/given.ts';
import type { AdvancePlan, AdvanceView, PlannedTrial } from '../../src/studies/search/plan.ts';
import { suggest } from '../../src/studies/search/suggest.ts';

/** A study held in memory, as the database would hold it. */
export interface SimulatedStudy {
  readonly spec: ResolvedSpec;
  state: StudyState;
  outcome: Outcome | null;
  progress: SamplerProgress;
  objectiveVersion: number;
  elapsedSeconds: number;
  readonly checkpoints: StudyCheckpoint[];
  readonly trials: (PlannedTrial & TrialResult)[];
  /** For each trial, the numbers of those that had finished when it was queued. */
  readonly finishedBefore: (readonly number[])[];
  /** The most trials that were ever open at once. */
  mostOpen: number;
  /** Steps of advances so far. */
  advances: number;
}

/** What a trial brings: a value, or why it failed. */
export type FakeObjective = (trial: PlannedTrial) => number | null | TrialError;

/** Fills in a study definition around what a test is about. */
export function specOf(fields: object): ResolvedSpec {
  const spec = studySpecSchema.parse({
    name: 'simulated',
    searchSpace: [
      { type: 'float', name: 'learningRate', low: 0.0005, high: 0.0205, step: 0.0005 },
      { type: 'int', name: 'hiddenUnits', low: 1, high: 63 },
    ],
    metrics: [{ name: 'value', direction: 'maximize' }],
    objective: { type: 'test-function', function: 'lstm-landscape' },
    ...fields,
  });
  return resolveSpec(spec, 1);
}

export function startStudy(spec: ResolvedSpec): SimulatedStudy {
  const plan = planStart(spec);
  const study: SimulatedStudy = {
    spec,
    state: 'active',
    outcome: null,
    progress: plan.progress,
    objectiveVersion: 1,
    elapsedSeconds: 0,
    checkpoints: [],
    trials: [],
    finishedBefore: [],
    mostOpen: 0,
    advances: 0,
  };
  store(study, 0, spec.givenTrials ?? []);
  commit(study, plan);
  if (plan.again || plan.due) advance(study);
  return study;
}

/** Gives trials to a study, as a client does. */
export function give(study: SimulatedStudy, given: readonly GivenTrial[]): void {
  store(study, study.trials.length, given);
  study.progress = progressAfter(study.progress, given);
  advance(study);
}

function store({ spec, trials, finishedBefore }: SimulatedStudy, first: number, given: readonly GivenTrial[]): void {
  const { known, enqueued } = storedGiven(spec, first, given);
  const open = enqueued.map((trial) => ({ ...trial, state: 'queued', value: null, diverged: false, error: null }) as const);
  // Without what only the database has of them.
  const planned = [...known, ...open].map(
    ({ number, index, given: kind, generation, parameters, origin, state, value, diverged, error }) => {
      return { number, index, given: kind, generation, parameters, origin, state, value, diverged, error };
    },
  );
  for (const trial of planned.sort((one, other) => one.number - other.number)) {
    trials.push(trial);
    finishedBefore.push([]);
  }
}

/** Settles one open trial. */
export function settle(study: SimulatedStudy, number: number, objective: FakeObjective): void {
  const trial = study.trials[number];
  if (!trial || isFinal(trial.state)) throw new Error(`trial ${number} is not open`);
  const result = objective(trial);
  const failed = typeof result === 'object' && result !== null;
  study.trials[number] = { ...trial, state: failed ? 'failed' : 'completed', value: failed ? null : result, error: failed ? result : null };
}

/** The view an advance has under the study's lock. */
export function viewOf(study: SimulatedStudy): AdvanceView {
  const { spec, progress, objectiveVersion: version, checkpoints, elapsedSeconds, trials } = study;
  // As JSON, because that is how a database gives it back.
  return JSON.parse(
    JSON.stringify({
      spec,
      progress,
      objectiveVersion: version,
      checkpoints: checkpoints.length,
      elapsedSeconds,
      history: samplerOf(spec).learns === 'history' ? trials.slice(0, progress.observed).map(observationOf) : [],
      trials: trials.slice(progress.observed),
      given: trials.filter(({ given }) => given !== null).map(({ parameters }) => parameters),
    }),
  );
}

/** Advances until nothing is due, and plans once more when all is done: that plan must be empty. */
export function advance(study: SimulatedStudy): void {
  let again = study.state === 'active';
  while (again) again = advanceOnce(study);
  if (study.state !== 'active') return;
  const idle = planned(study);
  if (idle.queue.length > 0 || idle.checkpoints.length > 0 || idle.end || !isAlike(idle.progress, study.progress)) {
    throw new Error('an advance that was done found more to do');
  }
}

/** Makes every fourth plan twice: both must be alike. @returns whether another step may be due */
export function advanceOnce(study: SimulatedStudy): boolean {
  const plan = planned(study);
  study.advances += 1;
  if (study.advances % 4 === 0 && !isAlike(planned(study), plan)) throw new Error('one view gave two plans');
  commit(study, plan);
  return plan.again || plan.due !== null;
}

/** The plan of a step, with the suggestions of a slow sampler that are due, which a planner would make before the next step. */
function planned(study: SimulatedStudy): AdvancePlan {
  const plan = planAdvance(viewOf(study));
  return plan.due && !plan.again ? planAdvance(viewOf(study), { due: plan.due, proposal: suggest(plan.due.inputs) }) : plan;
}

/** Whether two values have one canonical text, which takes longer to make than their plain texts. */
function isAlike(one: object, other: object): boolean {
  return JSON.stringify(one) === JSON.stringify(other) || canonicalText(one) === canonicalText(other);
}

function commit(study: SimulatedStudy, plan: AdvancePlan): void {
  const finished = study.trials.filter((trial) => isFinal(trial.state)).map((trial) => trial.number);
  for (const checkpoint of plan.checkpoints) {
    if (checkpoint.sequence !== study.checkpoints.length) throw new Error(`checkpoint ${checkpoint.sequence} is out of sequence`);
    study.checkpoints.push(checkpoint);
  }
  for (const trial of plan.queue) {
    if (trial.number !== study.trials.length) throw new Error(`trial ${trial.number} is out of sequence`);
    study.finishedBefore.push(finished);
    study.trials.push({ ...trial, state: 'queued', value: null, diverged: false, error: null });
  }
  study.progress = plan.progress;
  study.mostOpen = Math.max(study.mostOpen, openTrials(study).length);
  if (plan.end) endStudy(study, plan.end);
}

function endStudy(study: SimulatedStudy, { state, outcome }: NonNullable<AdvancePlan['end']>): void {
  Object.assign(study, { state, outcome });
  for (const number of openTrials(study)) study.trials[number] = Object.assign({}, study.trials[number], { state: 'cancelled' });
}

export function openTrials(study: SimulatedStudy): number[] {
  return study.trials.filter((trial) => !isFinal(trial.state)).map((trial) => trial.number);
}

/** Runs a study to its end, one trial after the other, each advanced at once. */
export function runInOrder(spec: ResolvedSpec, objective: FakeObjective): SimulatedStudy {
  const study = startStudy(spec);
  while (study.state === 'active') {
    const [next] = openTrials(study);
    if (next === undefined) throw new Error('an active study has nothing open');
    settle(study, next, objective);
    advance(study);
  }
  return study;
}

/**
 * Runs a study to its end as badly as can be: trials finish in any order and in bunches, advances come late or never,
 * their plans are lost before the commit, and who should go on dies after it.
 */
export function runInDisorder(spec: ResolvedSpec, objective: FakeObjective, seed: number): SimulatedStudy {
  const chance = randomStream(seed, 'disorder');
  const study = startStudy(spec);
  while (study.state === 'active') {
    const open = openTrials(study);
    const bunch = open.length === 0 ? 0 : 1 + chance.integer(open.length);
    for (let left = bunch; left > 0; left -= 1) {
      for (const number of open.splice(chance.integer(open.length), 1)) settle(study, number, objective);
    }
    if (open.length > 0 && chance.integer(2) === 0) continue;
    const fate = chance.integer(8);
    if (fate < 2) planAdvance(viewOf(study));
    else if (fate === 2) advanceOnce(study);
    else advance(study);
  }
  return study;
}

/** What counts of a study that ended, as canonical text: what its export would say. */
export function whatCounts({ spec, state, outcome, trials, checkpoints }: SimulatedStudy): string {
  const last = outcome?.lastTrial ?? Number.POSITIVE_INFINITY;
  return canonicalText({
    spec,
    state,
    outcome,
    checkpoints,
    trials: trials.filter((trial) => trial.state !== 'cancelled' && trial.number <= last),
  });
}
