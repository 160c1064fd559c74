import { describe, expect, test } from 'vitest';
import { studySpecSchema } from '../../../src/studies/definition/definition.ts';
import { resolveSpec } from '../../../src/studies/definition/resolve.ts';
import type { StudyState } from '../../../src/studies/model/states.ts';
import { type Pace, remainingSeconds } from '../../../src/studies/search/remaining-time.ts';

const measured: Pace = {
  recordedAt: new Date(0),
  seconds: 40,
  stepsTrained: 20,
  finished: { trials: 4, stepsTrained: 16 },
  openSteps: 6,
  stepsWanted: 9,
};

function study(budget: Record<string, unknown>, state: StudyState = 'active') {
  const definition = {
    name: 'timed',
    searchSpace: [
      { type: 'float', name: 'x1', low: -5, high: 5 },
      { type: 'float', name: 'x2', low: -5, high: 5 },
    ],
    metrics: [{ name: 'value' }],
    sampler: { type: 'random' },
    objective: { type: 'test-function', function: 'sphere-2' },
    budget,
  };
  return { spec: resolveSpec(studySpecSchema.parse(definition), 1), state, sampler: { suggested: 10, skipped: 0, enqueued: 0 } };
}

describe('the time left of a study', () => {
  test('is the steps still to train, those of coming trials as the finished ones needed them, at the measured speed', () => {
    // 6 open steps and 20 trials of 4 steps, at 0.5 steps a second.
    expect(remainingSeconds(study({ trials: 30 }), 0, measured)).toBe((6 + 20 * 4) * 2);
  });

  test('takes what trials request while none has finished', () => {
    const pace = { ...measured, finished: { trials: 0, stepsTrained: 0 } };
    expect(remainingSeconds(study({ trials: 30 }), 0, pace)).toBe((6 + 20 * 9) * 2);
  });

  test('is null until three steps are measured', () => {
    expect(remainingSeconds(study({ trials: 30 }), 0, { ...measured, stepsTrained: 2 })).toBeNull();
    expect(remainingSeconds(study({ trials: 30 }), 0, { ...measured, stepsTrained: 3 })).not.toBeNull();
    expect(remainingSeconds(study({ trials: 30 }), 0, { ...measured, seconds: 0 })).toBeNull();
  });

  test('is what the wall-clock budget leaves, if that is less or nothing else is known', () => {
    expect(remainingSeconds(study({ trials: 30, wallClockSeconds: 100 }), 40.4, measured)).toBe(60);
    expect(remainingSeconds(study({ wallClockSeconds: 1000 }), 40, { ...measured, stepsTrained: 0 })).toBe(960);
    expect(remainingSeconds(study({ wallClockSeconds: 1000 }), 1004, measured)).toBe(0);
  });

  test('is null for a study that is paused or has ended', () => {
    expect(remainingSeconds(study({ trials: 30 }, 'paused'), 0, measured)).toBeNull();
    expect(remainingSeconds(study({ trials: 30 }, 'completed'), 0, measured)).toBeNull();
  });
});
