import type { StepDone, TrainingStarted } from '../../objectives/trainer-protocol.ts';
import type { TrialIncident } from '../../studies/model/trial.ts';
import type { StepRecord } from '../../studies/ports/queue.ts';
import type { Artifacts } from '../ports.ts';

/** A step as it is stored: without a checkpoint where none could be written, which is told then. */
export function stepRecordOf(message: StepDone, resultKey: string, artifacts: Pick<Artifacts, 'relative'>): StepRecord {
  const { step, values, checkpoint, checkpointError } = message;
  const file = checkpoint && { ...checkpoint, file: artifacts.relative(checkpoint.file) };
  const record = { step, values, resultKey, checkpoint: file };
  if (checkpointError === undefined) return record;
  const detail = `no step checkpoint was written: ${checkpointError}; the training went on without it`;
  return { ...record, incidents: [{ kind: 'checkpoint-skipped', detail }] };
}

/** What is told of the checkpoints that a training could not go on from. */
export function brokenCheckpoints({ passedOver = [] }: Pick<TrainingStarted, 'passedOver'>): TrialIncident[] {
  return passedOver.map(({ step, reason }) => ({
    kind: 'checkpoint-broken',
    step,
    detail: `the step checkpoint cannot be used, and is trained again: ${reason}`,
  }));
}
