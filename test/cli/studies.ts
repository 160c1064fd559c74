import { finishedTrials, type StudyRepresentation } from '../../src/api/study.ts';
import type { StudySummaryRepresentation } from '../../src/api/study-list.ts';
import type { RankedTrialRepresentation } from '../../src/api/trial.ts';
import { studySpecSchema } from '../../src/studies/definition/definition.ts';
import { resolveSpec } from '../../src/studies/definition/resolve.ts';
import { storedDefinition } from '../../src/studies/definition/stored.ts';

const time = '2026-11-24T12:00:00.000Z';
const endTime = '2026-11-24T12:03:20.000Z';
export const studyId = '01900000-0000-7000-8000-000000000001';

/** A genetic search of 9 generations: 12 + 8 · 6 trials. */
const definition = {
  name: 'genetic',
  searchSpace: [
    { type: 'float', name: 'learningRate', low: 0.0005, high: 0.0635, step: 0.0005 },
    { type: 'int', name: 'hiddenUnits', low: 1, high: 64 },
    { type: 'int', name: 'epochs', low: 1, high: 6 },
    { type: 'int', name: 'maxLength', low: 10, high: 200 },
  ],
  metrics: [{ name: 'value', direction: 'maximize' }],
  sampler: { type: 'genetic', population: 12, elites: 6, mutation: { probability: 0.3, kind: 'one-bit' } },
  budget: { generations: 9 },
  objective: { type: 'test-function', function: 'lstm-landscape' },
};

/** That study as the API shows it, in its third generation unless something else is asked for. */
export function study(differences: Partial<StudyRepresentation> = {}): StudyRepresentation {
  const spec = resolveSpec(studySpecSchema.parse(definition), 1);
  const trials = differences.trials ?? { queued: 3, running: 2, completed: 18, pruned: 0, failed: 1, cancelled: 0 };
  return {
    id: studyId,
    name: 'genetic',
    state: 'active',
    outcome: null,
    campaign: null,
    spec,
    changes: null,
    priority: 0,
    definition: { version: 2, digest: storedDefinition(spec).digest },
    trials,
    progress: { finished: finishedTrials(trials), planned: 60, observed: 18, suggested: 24 },
    blocked: null,
    forkedFrom: null,
    samplerVersion: 1,
    objectiveVersion: 1,
    generation: 2,
    best: trial(1, { number: 7, value: 0.91237 }),
    stepsDone: 82,
    stepsTrained: 70,
    stepsReused: 12,
    stepsSaved: 0,
    elapsedSeconds: 0,
    remainingSeconds: null,
    createdBy: null,
    createdAt: time,
    updatedAt: time,
    endedAt: null,
    ...differences,
  };
}

/** The same study after its last trial. */
export function endedStudy(differences: Partial<StudyRepresentation> = {}): StudyRepresentation {
  const outcome = { reason: 'budget', detail: '9 generations are evaluated', lastTrial: null } as const;
  const trials = { queued: 0, running: 0, completed: 60, pruned: 0, failed: 0, cancelled: 0 };
  return study({
    state: 'completed',
    outcome,
    trials,
    progress: { finished: 60, planned: 60, observed: 60, suggested: 60 },
    generation: null,
    endedAt: endTime,
    ...differences,
  });
}

/** A completed trial on the leaderboard. */
export function trial(rank: number, differences: Partial<RankedTrialRepresentation> = {}): RankedTrialRepresentation {
  return {
    rank,
    id: `01900000-0000-7000-8000-00000000010${rank}`,
    studyId,
    number: rank,
    given: null,
    generation: 0,
    state: 'completed',
    parameters: { learningRate: 0.0105, hiddenUnits: 20, epochs: 4, maxLength: 60 },
    origin: {},
    value: 0.9,
    values: { value: 0.9, gain: 0.95, spread: 0.2 },
    diverged: false,
    stepsDone: 4,
    stepsTrained: 4,
    attempts: 1,
    failures: 0,
    source: 'trained',
    reuse: null,
    seen: null,
    error: null,
    queuedAt: time,
    startedAt: time,
    endedAt: time,
    ...differences,
  };
}

/** A study as a list shows it. */
export function studySummary(of: StudyRepresentation): StudySummaryRepresentation {
  const { id, name, state, outcome, campaign, spec, progress, best, elapsedSeconds, createdAt, updatedAt, endedAt } = of;
  const { metrics, labels, sampler } = spec;
  const found = best && { value: best.value ?? 0, parameters: best.parameters, trialId: best.id, number: best.number };
  const definition = { labels, sampler: { type: sampler.type }, metrics };
  return { id, name, state, outcome, campaign, ...definition, progress, best: found, elapsedSeconds, createdAt, updatedAt, endedAt };
}
