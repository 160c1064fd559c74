import { tell } from '../shared/telemetry.ts';
import type { Continuation } from '../studies/ports/continuation.ts';
import type { TrialQueue } from '../studies/ports/queue.ts';
import type { RunnerWorld } from './ports.ts';

/** The world of a runner that tells of each step that was stored, once, to those who measure or trace the process. */
export function tellingWorld(world: RunnerWorld): RunnerWorld {
  return { ...world, queue: tellingQueue(world.queue), continuation: tellingContinuation(world.continuation) };
}

function tellingQueue(queue: TrialQueue): TrialQueue {
  return {
    ...queue,
    recordStep: async (lease, record, diverged) => {
      const directive = await queue.recordStep(lease, record, diverged);
      tell('step', { token: lease.token, step: record.step, part: 'step' });
      return directive;
    },
    complete: async (lease, last, diverged) => {
      const settlement = await queue.complete(lease, last, diverged);
      tell('step', { token: lease.token, step: last.step, part: 'step' });
      return settlement;
    },
    completeEvaluated: async (lease, measured) => {
      const settlement = await queue.completeEvaluated(lease, measured);
      tell('step', { token: lease.token, step: measured.step, part: 'evaluation' });
      return settlement;
    },
  };
}

function tellingContinuation(continuation: Continuation): Continuation {
  return {
    ...continuation,
    adopt: async (lease, step, incidents) => {
      const directive = await continuation.adopt(lease, step, incidents);
      tell('reused', { token: lease.token, steps: step });
      return directive;
    },
    complete: async (lease, step) => {
      const settlement = await continuation.complete(lease, step);
      tell('reused', { token: lease.token, steps: step });
      return settlement;
    },
  };
}
