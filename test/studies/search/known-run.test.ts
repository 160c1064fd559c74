import { expect, it } from 'vitest';
import { type ResolvedSpec, samplerOf } from '../../../src/studies/definition/definition.ts';
import { observationOf } from '../../../src/studies/search/advance-draft.ts';
import { planAdvance, planStart } from '../../../src/studies/search/advance-plan.ts';
import { knownAtOnce } from '../../../src/studies/search/known-run.ts';
import { inProcessPlanner } from '../../../src/studies/search/suggest.ts';
import { type Replayed, replayStudy } from '../../../src/studies/verification/replay.ts';
import { advance, type SimulatedStudy, settle, specOf, startStudy, viewOf } from '../simulator.ts';

/** Trials that the suggestions of one step may compute with, one suggestion aside. */
const lookedAtMost = 40_000;

const givenTrials = Array.from({ length: 1700 }, (_, place) => ({
  parameters: { learningRate: (5 + 5 * (place % 41)) / 10_000, hiddenUnits: 1 + (place % 63) },
  values: { value: Math.sin(place) },
}));

const searches = {
  tpe: { sampler: { type: 'tpe', candidates: 2 }, parallelism: 60 },
  'tpe, as soon as possible': { sampler: { type: 'tpe', candidates: 2 }, parallelism: 60, schedule: 'asynchronous' },
  'tpe, whose densities are made of all trials': { sampler: { type: 'tpe', preset: 'hyperopt', candidates: 2 }, parallelism: 60 },
  random: { sampler: { type: 'random' }, parallelism: 60 },
};

const searchOf = (fields: object): ResolvedSpec => specOf({ budget: { trials: 90 }, givenTrials, ...fields });

async function replayed({ spec, progress, trials, checkpoints }: SimulatedStudy): Promise<{ differences: unknown[]; end: Replayed }> {
  const stored = trials.map((trial) => ({ ...trial, seen: trial.seen ?? null }));
  const input = {
    spec,
    samplerVersion: progress.version,
    trials: stored,
    checkpoints,
    observed: progress.observed,
    planner: inProcessPlanner,
  };
  const replay = replayStudy(input);
  const differences: unknown[] = [];
  for (let next = await replay.next(); ; next = await replay.next()) {
    if (next.done) return { differences, end: next.value };
    differences.push(next.value);
  }
}

it.each(Object.entries(searches))('thousands of known results take many steps, none of them long (%s)', (_name, fields) => {
  const spec = searchOf(fields);
  const study = startStudy(spec);
  const trials = study.trials.slice(0, givenTrials.length);
  let { progress } = planStart(spec);
  let steps = 0;
  for (let again = true; again; steps += 1) {
    const { observed } = progress;
    const plan = planAdvance({
      ...viewOf(study),
      progress,
      history: trials.slice(0, observed).map(observationOf),
      trials: trials.slice(observed),
    });
    expect(plan.progress.observed - observed).toBeLessThanOrEqual(knownAtOnce + spec.parallelism);
    if (plan.progress.observed < givenTrials.length) expect(plan.queue).toEqual([]);
    if (spec.sampler.type === 'tpe') expect((plan.queue.length - 1) * samplerOf(spec).looksAt(observed)).toBeLessThanOrEqual(lookedAtMost);
    for (const trial of plan.queue) trials.push({ ...trial, state: 'queued', value: null, diverged: false, error: null });
    ({ progress, again } = plan);
  }
  expect(progress).toMatchObject({ observed: givenTrials.length, suggested: 60 });
  expect(trials.map(({ parameters }) => parameters)).toEqual(study.trials.map(({ parameters }) => parameters));
  expect(steps).toBe(spec.sampler.type === 'tpe' && spec.sampler.preset === 'hyperopt' ? 6 : 4);
});

it.each(Object.entries(searches))('the search after them follows from its definition and its results (%s)', async (_name, fields) => {
  const study = startStudy(searchOf(fields));
  const objective = () => 0.5;
  for (let number = givenTrials.length; study.state === 'active'; number += 1) {
    settle(study, number, objective);
    if (number % 30 === 0 || number >= givenTrials.length + 60) advance(study);
  }
  const { differences, end } = await replayed(study);
  expect(differences).toEqual([]);
  expect(end).toMatchObject({ progress: study.progress, end: { outcome: study.outcome } });
});
