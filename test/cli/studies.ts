import type { StudyRepresentation } from '../../src/api/study.ts';
import type { RankedTrialRepresentation } from '../../src/api/trial.ts';
import { quickstartStudy } from '../../src/cli/quickstart-study.ts';
import { resolveSpec, studySpecSchema } from '../../src/studies/spec.ts';

const time = '2026-11-24T12:00:00.000Z';
export const studyId = '01900000-0000-7000-8000-000000000001';

/** The quickstart's study as the API shows it, in its third generation unless something else is asked for. */
export function study(differences: Partial<StudyRepresentation> = {}): StudyRepresentation {
  return {
    id: studyId,
    name: 'quickstart-spam-assassin',
    state: 'active',
    outcome: null,
    spec: resolveSpec(studySpecSchema.parse(quickstartStudy('spam-assassin')), 1),
    trials: { queued: 3, running: 2, completed: 18, pruned: 0, failed: 1, cancelled: 0 },
    progress: { folded: 18, proposed: 24, planned: 60 },
    generation: 2,
    best: trial(1, { number: 7, value: 0.91237 }),
    epochsTrained: 70,
    elapsedSeconds: 0,
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
    progress: { folded: 60, proposed: 60, planned: 60 },
    generation: null,
    endedAt: time,
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
    generation: 0,
    state: 'completed',
    parameters: { learningRate: 0.0105, hiddenUnits: 20, epochs: 4, maxLength: 60 },
    origin: {},
    value: 0.9,
    metrics: { loss: 0.25, accuracy: 0.9, aucPr: 0.95, trainLoss: 0.2 },
    diverged: false,
    epochsDone: 4,
    attempts: 1,
    failures: 0,
    source: 'trained',
    error: null,
    queuedAt: time,
    startedAt: time,
    finishedAt: time,
    ...differences,
  };
}
