import type { EpochDone, TrainingStarted } from '../objectives/text-classifier/protocol.ts';
import type { TrialIncident } from '../studies/model/trial.ts';
import type { EpochRecord } from '../studies/ports/queue.ts';
import type { Artifacts } from './ports.ts';

/** An epoch as it is stored: without a checkpoint where none could be written, which is told then. */
export function epochRecordOf(message: EpochDone, epochsDigest: string, artifacts: Pick<Artifacts, 'relative'>): EpochRecord {
  const { epoch, metrics, checkpoint, checkpointError } = message;
  const file = checkpoint && { ...checkpoint, file: artifacts.relative(checkpoint.file) };
  const record = { epoch, metrics, epochsDigest, checkpoint: file };
  if (checkpointError === undefined) return record;
  const detail = `no epoch checkpoint was written: ${checkpointError}; the training went on without it`;
  return { ...record, incidents: [{ kind: 'checkpoint-skipped', detail }] };
}

/** What is told of the checkpoints that a training could not go on from. */
export function brokenCheckpoints({ passedOver = [] }: Pick<TrainingStarted, 'passedOver'>): TrialIncident[] {
  return passedOver.map(({ epoch, reason }) => ({
    kind: 'checkpoint-broken',
    epoch,
    detail: `the epoch checkpoint cannot be used, and is trained again: ${reason}`,
  }));
}
