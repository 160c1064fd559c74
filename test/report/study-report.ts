import type { ReportRepresentation } from '../../src/api/report.ts';
import { representReport } from '../../src/api/report-representation.ts';
import type { PartFindings } from '../../src/campaigns/reporting/findings.ts';
import { studySpecSchema } from '../../src/studies/definition/definition.ts';
import { resolveSpec } from '../../src/studies/definition/resolve.ts';
import { storedDefinition } from '../../src/studies/definition/stored.ts';
import type { LearningCurve } from '../../src/studies/ports/report-reads.ts';

const [start, end] = [new Date('2026-11-24T12:00:00.000Z'), new Date('2026-11-24T12:03:20.000Z')];
const parameters = { x1: 1, x2: 2 };

/** The findings of a study of four trials with a pruner: trial 1 is the best, trial 2 was stopped after step 1 and trial 3 after step 3. */
export function prunedFindings(): PartFindings {
  const spec = resolveSpec(
    studySpecSchema.parse({
      name: 'pruned',
      searchSpace: [
        { type: 'float', name: 'x1', low: -5, high: 10 },
        { type: 'float', name: 'x2', low: 0, high: 15 },
      ],
      metrics: [{ name: 'value', direction: 'minimize' }],
      sampler: { type: 'random' },
      pruner: { type: 'asha' },
      budget: { trials: 4 },
      objective: { type: 'test-function', function: 'branin', steps: 9 },
    }),
    1,
  );
  const leader = { number: 1, parameters, value: 0.5, diverged: false };
  return {
    name: 'random',
    kind: null,
    study: {
      id: '01900000-0000-7000-8000-000000000001',
      spec,
      definition: storedDefinition(spec),
      changes: null,
      priority: 0,
      campaign: null,
      state: 'completed',
      outcome: { reason: 'budget', detail: '4 trials are done', lastTrial: null },
      version: 5,
      sampler: { version: 1, state: null, observed: 4, suggested: 4, skipped: 0, known: 0, enqueued: 0, withValue: 4 },
      objectiveVersion: 1,
      events: null,
      forkedFrom: null,
      activeTime: { seconds: 0, tickedAt: null, since: null },
      createdBy: null,
      trace: null,
      createdAt: start,
      updatedAt: end,
      endedAt: end,
    },
    totals: {
      charged: 4,
      completed: 2,
      pruned: 2,
      failed: 0,
      sources: { trained: 2, reused: { equal: 0, longer: 0 }, imported: 0 },
      trainings: 4,
      stepsDone: 22,
      stepsTrained: 22,
      stepsReused: 0,
      stepsSaved: 14,
      heldSeconds: 100,
      interrupted: 0,
      firstStartedAt: start,
      lastFinishedAt: end,
    },
    leaders: [leader],
    improvements: [{ charged: 2, stepsDone: 18, trial: 1, value: 0.5 }],
    generations: [],
    front: null,
    points: [leader],
    learning: { sampled: false, curves: [curve(0, [4, 3, 2]), curve(1, [2, 1, 0.5]), curve(2, [9], 1), curve(3, [5, 4.5], 3)] },
    rungs: null,
    members: null,
    stopped: {
      steps: [
        { step: 1, trials: 1 },
        { step: 3, trials: 1 },
      ],
      furthest: [
        { number: 3, value: 4.5, parameters, judgement: { step: 3, score: -4.5, others: 2, least: -3 } },
        { number: 2, value: 9, parameters, judgement: { step: 1, score: -9, others: 2, least: -4 } },
      ],
    },
  };
}

/** A curve over the steps 1, 3 and 9, as far as it has values. @param prunedAt the step after which its trial was stopped */
export function curve(number: number, values: readonly (number | null)[], prunedAt?: number): LearningCurve {
  const points = values.map((value, index) => ({ step: 3 ** index, value }));
  return { number, value: values.at(-1) ?? null, ...(prunedAt !== undefined && { prunedAt }), points };
}

/** The report of one study, as it is found or with other findings. */
export function reportOf(differences: Partial<PartFindings> = {}): ReportRepresentation {
  return representReport({ campaign: null, searches: [{ ...prunedFindings(), ...differences }], evaluations: [], finalists: [] });
}
