import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Observation } from '../../../src/samplers/observation.ts';
import { canonicalText, digestOf } from '../../../src/shared/digest.ts';
import { randomStream } from '../../../src/shared/random.ts';
import { type ResolvedSpec, samplerOf } from '../../../src/studies/definition/definition.ts';
import { isFinal } from '../../../src/studies/model/states.ts';
import { type FakeObjective, runInOrder, type SimulatedStudy, specOf, whatCounts } from '../simulator.ts';
import { runOnSlots } from '../slots.ts';

/** What trials bring, drawn anew for each `draw` but always the same for the same parameters: values (some alike), none, failures. */
function objectiveOf(draw: number): FakeObjective {
  return ({ parameters }) => {
    const chance = randomStream(`${draw} ${digestOf(parameters)}`, 'objective');
    const kind = chance.integer(8);
    if (kind === 0) return { code: 'training-error', message: 'it did not converge' };
    if (kind === 1) return { code: 'timeout', message: 'it took too long' };
    return kind === 2 ? null : chance.integer(60) / 60;
  };
}

/** Few candidates: the promises are about results, not about how good suggestions are. */
const tpe = { type: 'tpe', startupTrials: 6, candidates: 8 };
const points = Array.from({ length: 23 }, (_, index) => ({
  learningRate: (5 * (index + 1)) / 10_000,
  hiddenUnits: 1 + ((index * 7) % 63),
}));
const genetic = (elites: number, selectionExponent: number) => ({
  sampler: { type: 'genetic', population: 8, elites, selectionExponent, mutation: { probability: 0.3, kind: 'one-bit' } },
  budget: { generations: 5 },
});

const sequential: Readonly<Record<string, object>> = {
  random: { sampler: { type: 'random' }, budget: { trials: 45 } },
  grid: { sampler: { type: 'grid', axes: { learningRate: { points: 4 }, hiddenUnits: { points: 6 } } } },
  list: { sampler: { type: 'list', points } },
};
const lookingBack: Readonly<Record<string, object>> = {
  tpe: { sampler: tpe, budget: { trials: 32 } },
  'tpe with a target': { sampler: tpe, budget: { trials: 45, targetValue: 0.95 } },
  gp: { sampler: { type: 'gp', startupTrials: 6 }, budget: { trials: 12 } },
  'tpe as hyperopt does it': { sampler: { ...tpe, preset: 'hyperopt' }, metrics: [{ name: 'value' }], budget: { trials: 26 } },
};
const generational: Readonly<Record<string, object>> = {
  'genetic I': genetic(1, 4),
  'genetic II': genetic(5, 4),
  'genetic III': genetic(5, 2),
  swarm: { sampler: { type: 'swarm', particles: 6 }, budget: { generations: 5 } },
  'swarm, constricted, cut short': {
    sampler: { type: 'swarm', particles: 7, movement: { kind: 'constriction' }, topology: 'global' },
    budget: { trials: 31 },
  },
  'cma-es': { sampler: { type: 'cma-es' }, budget: { generations: 6 } },
  'cma-es, cut within a generation': { sampler: { type: 'cma-es', restarts: false }, budget: { trials: 33 } },
  'genetic with real genomes': {
    sampler: { type: 'genetic', population: 8, elites: 2, variation: 'real', selection: 'tournament' },
    budget: { generations: 5 },
  },
  nsga2: { sampler: { type: 'nsga2', population: 8 }, budget: { generations: 5 } },
  'successive halving': {
    sampler: { type: 'successive-halving', fidelity: 'hiddenUnits', configurations: 9, proposer: tpe },
    budget: { generations: 3 },
  },
  pbt: { sampler: { type: 'pbt', population: 6, fidelity: 'hiddenUnits', interval: 16, share: 0.4 } },
};

/** Every case is drawn from one seed: what fails fails again. */
const drawn = (numRuns: number) => ({ seed: 20_261_124, numRuns });
const anyCourse = { draw: fc.nat(), seed: fc.nat(), slots: fc.constantFrom(1, 2, 8) };

/** Courses of this many properties take seconds where the cores are busy. */
const patient = { timeout: 60_000 };
const deterministicStudies = Object.entries({ ...sequential, ...lookingBack, ...generational });

describe.each(deterministicStudies)('a deterministic study (%s) with parallelism 4', patient, (title, fields) => {
  test('has the same trials, checkpoints and end on 1, 2 and 8 slots, at any speed, in any order, whatever dies on the way', () => {
    const spec = specOf({ ...fields, parallelism: 4 });
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (draw, seed) => {
        const objective = objectiveOf(draw);
        const expected = whatCounts(runInOrder(spec, objective));
        for (const slots of [1, 2, 8]) {
          const study = runOnSlots(spec, objective, { slots, seed });
          expect(whatCounts(study)).toBe(expected);
          expect(study.mostOpen).toBeLessThanOrEqual(4);
        }
      }),
      drawn(title in lookingBack ? 4 : 8),
    );
  });

  test('stores nothing of what its suggestions saw: the schedule says it', () => {
    const study = runOnSlots(specOf({ ...fields, parallelism: 4 }), objectiveOf(1), { slots: 8, seed: 1 });
    expect(study.trials.filter((trial) => 'seen' in trial)).toEqual([]);
  });
});

describe.each(Object.entries(sequential))('an asynchronous study of a sampler that looks at no results (%s)', patient, (_title, fields) => {
  test('is the deterministic one', () => {
    const deterministic = specOf({ ...fields, parallelism: 4 });
    const asynchronous = specOf({ ...fields, parallelism: 4, schedule: 'asynchronous' });
    fc.assert(
      fc.property(fc.record(anyCourse), ({ draw, ...course }) => {
        const study = runOnSlots(asynchronous, objectiveOf(draw), course);
        expect(study.trials.filter((trial) => 'seen' in trial)).toEqual([]);
        expect(whatCounts({ ...study, spec: deterministic })).toBe(whatCounts(runInOrder(deterministic, objectiveOf(draw))));
      }),
      drawn(15),
    );
  });
});

/** The trials that a suggestion says it saw, by number. */
function seenBy(study: SimulatedStudy, number: number): Set<number> {
  const { before, except } = study.trials[number]?.seen ?? { before: Number.NaN, except: [] };
  return new Set(Array.from({ length: before }, (_, index) => index).filter((index) => !except.includes(index)));
}

/** Suggests a trial again from what it says it saw, and from nothing else: of the others it has the parameters alone. */
function suggestedAgain(study: SimulatedStudy, number: number) {
  const { spec } = study;
  const seen = seenBy(study, number);
  const earlier = study.trials.slice(0, number);
  const history: Observation[] = earlier
    .filter((trial) => seen.has(trial.number))
    .map(({ number: of, index, parameters, origin, value }) => ({ number: of, index, parameters, origin, value }));
  const pending = earlier.filter((trial) => !seen.has(trial.number)).map(({ parameters }) => parameters);
  const stream = (purpose: string, ...indices: number[]) => randomStream(spec.seed, purpose, ...indices);
  return samplerOf(spec).suggest(study.progress.state, { firstIndex: number, count: 1, stream, history, pending });
}

const asynchronous = (fields: object): ResolvedSpec => specOf({ ...fields, parallelism: 4, schedule: 'asynchronous' });

describe.each(Object.entries(lookingBack))(
  'an asynchronous study (%s), whatever its order and whatever dies on the way,',
  patient,
  (_title, fields) => {
    const spec = asynchronous(fields);
    const studies = new Map<string, SimulatedStudy>();
    /** Checks studies that ran in many ways: the same ones in each test, so that each is run once. */
    const anyCourseOf = (check: (study: SimulatedStudy) => void): void =>
      fc.assert(
        fc.property(fc.record(anyCourse), ({ draw, ...course }) => {
          const key = canonicalText({ draw, ...course });
          const study = studies.get(key) ?? runOnSlots(spec, objectiveOf(draw), course);
          studies.set(key, study);
          check(study);
        }),
        drawn(20),
      );

    test('is suggested again, trial by trial, from what it stores of what each suggestion saw', () => {
      anyCourseOf((study) => {
        for (const { number, parameters, origin } of study.trials) {
          expect(suggestedAgain(study, number)).toEqual({ kind: 'suggestions', suggestions: [{ parameters, origin }] });
        }
      });
    });

    test('names of each suggestion exactly the trials that had finished by then, in as few numbers as can be', () => {
      anyCourseOf((study) => {
        for (const { number, seen } of study.trials) {
          expect([...seenBy(study, number)].sort((a, b) => a - b)).toEqual(study.finishedBefore[number]);
          expect(seen?.except.includes(seen.before - 1)).toBe(false);
          expect(seen?.except.length).toBeLessThan(4);
        }
      });
    });

    test('never waits: while it has trials to suggest, all its places are taken', () => {
      anyCourseOf(({ trials, finishedBefore, mostOpen }) => {
        for (const { number } of trials.slice(4)) {
          const open = number - (finishedBefore[number]?.length ?? 0);
          expect(open).toBeLessThanOrEqual(3);
        }
        expect(mostOpen).toBe(Math.min(4, trials.length));
      });
    });

    test('observes, writes checkpoints and ends in order of number', () => {
      anyCourseOf((study) => {
        const { trials, checkpoints, progress, outcome } = study;
        expect(checkpoints.map((checkpoint) => checkpoint.trials)).toEqual([0, 20, 40, 60].filter((count) => count <= progress.observed));
        expect(trials.slice(0, progress.observed).every(({ state }) => isFinal(state) && state !== 'cancelled')).toBe(true);
        const { targetValue } = study.spec.budget;
        const reached = trials.findIndex(({ value }) => value !== null && targetValue !== undefined && value >= targetValue);
        if (outcome?.reason === 'target') expect(outcome.lastTrial).toBe(reached);
        else expect(reached).toBe(-1);
      });
    });
  },
);

test('an asynchronous study on one slot, advanced after each trial, sees one result more with every suggestion', () => {
  const study = runInOrder(asynchronous(lookingBack['tpe'] ?? {}), objectiveOf(3));
  const first = { before: 0, except: [] };
  expect(study.trials.map(({ seen }) => seen)).toEqual([
    first,
    first,
    first,
    ...Array.from({ length: 29 }, (_, before) => ({ before, except: [] })),
  ]);
});

test('an asynchronous study suggests other trials than a deterministic one where its trials finish out of order, and the same where they do not', () => {
  const fields = { sampler: tpe, budget: { trials: 32 }, parallelism: 4 };
  const suggested = ({ trials }: SimulatedStudy) => canonicalText(trials.map(({ parameters }) => parameters));
  const deterministic = suggested(runInOrder(specOf(fields), objectiveOf(3)));
  expect(suggested(runInOrder(asynchronous(fields), objectiveOf(3)))).toBe(deterministic);
  expect(suggested(runOnSlots(asynchronous(fields), objectiveOf(3), { slots: 4, seed: 3 }))).not.toBe(deterministic);
});
