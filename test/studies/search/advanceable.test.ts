import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { samplers } from '../../../src/samplers/table.ts';
import { isFinal } from '../../../src/studies/model/states.ts';
import { planAdvance } from '../../../src/studies/search/advance-plan.ts';
import { isAdvanceable, type SweptStudy, samplerVersions } from '../../../src/studies/search/advanceable.ts';
import { openTrials, type SimulatedStudy, settle, specOf, startStudy, viewOf } from '../simulator.ts';
import { runOnSlots } from '../slots.ts';

const studies: Readonly<Record<string, object>> = {
  random: { sampler: { type: 'random' }, budget: { trials: 20 } },
  'random, in a hurry': { sampler: { type: 'random' }, budget: { trials: 20 }, schedule: 'asynchronous' },
  'grid to its end': { sampler: { type: 'grid', axes: { learningRate: { points: 4 }, hiddenUnits: { points: 4 } } } },
  list: { sampler: { type: 'list', points: [3, 5, 9, 17, 33].map((hiddenUnits) => ({ learningRate: 0.001, hiddenUnits })) } },
  genetic: { sampler: { type: 'genetic', population: 6, elites: 2 }, budget: { generations: 4 } },
  'genetic, cut within a generation': { sampler: { type: 'genetic', population: 6, elites: 2 }, budget: { trials: 12 } },
  tpe: { sampler: { type: 'tpe', startupTrials: 30 }, budget: { trials: 20 } },
  'tpe, asynchronous': { sampler: { type: 'tpe', startupTrials: 30 }, budget: { trials: 20 }, schedule: 'asynchronous' },
};

/** What a sweep reads of a study. */
function standing(study: SimulatedStudy): SweptStudy {
  const { spec, progress, trials } = study;
  return {
    spec,
    began: progress.version,
    progress: { ...progress, state: JSON.parse(JSON.stringify(progress.state)) },
    open: openTrials(study).length,
    nextIsFinal: trials.slice(progress.observed, progress.observed + 1).some((trial) => isFinal(trial.state)),
  };
}

function moves(study: SimulatedStudy): boolean {
  const { queue, end, progress } = planAdvance(viewOf(study));
  return end !== null || queue.length > 0 || progress.observed > study.progress.observed;
}

describe.each(Object.entries(studies))('of a study with trials open (%s), a sweep', { timeout: 30_000 }, (_title, fields) => {
  test.each([1, 3, 5])('with parallelism %i knows exactly when an advance would move it', (parallelism) => {
    const spec = specOf({ ...fields, parallelism });
    const answers = new Set<boolean>();
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom(1, 2, 8), (seed, slots) => {
        const watch = (study: SimulatedStudy): void => {
          if (openTrials(study).length === 0) return;
          answers.add(moves(study));
          expect(isAdvanceable(standing(study))).toBe(moves(study));
        };
        runOnSlots(spec, () => 0.5, { slots, seed, watch });
      }),
      { seed: 20_261_124, numRuns: 12 },
    );
    // With one trial open at a time, nothing is open whenever there is something to do.
    expect([...answers].sort()).toEqual(parallelism === 1 ? [false] : [false, true]);
  });
});

describe('a study that began with another sampler', () => {
  const study = startStudy(specOf({ sampler: { type: 'random' }, budget: { trials: 50 } }));

  test('is moved, to its end, though all its places are taken', () => {
    expect(isAdvanceable(standing(study))).toBe(false);
    expect(isAdvanceable({ ...standing(study), began: standing(study).began + 1 })).toBe(true);
  });

  test('is told by the versions of this code, which name every sampler as studies do', () => {
    expect(Object.keys(samplerVersions)).toEqual(Object.keys(samplers));
    expect(samplerVersions['random']).toBe(study.progress.version);
  });
});

test('a state that is not the sampler’s is for the advance to report', () => {
  const study = startStudy(specOf({ sampler: { type: 'random' }, budget: { trials: 50 }, parallelism: 2 }));
  settle(study, 1, () => 0.5);
  expect(() => isAdvanceable({ ...standing(study), progress: { ...study.progress, state: { version: 999 } } })).toThrow();
});
