import { join } from 'node:path';
import type { StepCheckpointFile, StepDone, TrainingStarted } from '../../objectives/trainer-protocol.ts';
import type { TrialIncident } from '../../studies/model/trial.ts';
import type { StepRecord } from '../../studies/ports/queue.ts';
import type { Artifacts } from '../ports.ts';

/**
 * Moves the checkpoint of a step to its key and makes the record of the step. If no checkpoint could be written, the record has an
 * incident instead.
 */
export async function stepRecordOf(message: StepDone, resultKey: string, artifacts: Pick<Artifacts, 'put'>): Promise<StepRecord> {
  const { step, values, checkpoint } = message;
  const { kept, fault = message.checkpointError } = await keep(checkpoint, resultKey, artifacts);
  const record = { step, values, resultKey, checkpoint: kept };
  if (fault === undefined) return record;
  const detail = `no step checkpoint was written: ${fault}; the training went on without it`;
  return { ...record, incidents: [{ kind: 'checkpoint-skipped', detail }] };
}

interface Kept {
  readonly kept: StepCheckpointFile | null;
  readonly fault?: string;
}

async function keep(checkpoint: StepCheckpointFile | null, resultKey: string, artifacts: Pick<Artifacts, 'put'>): Promise<Kept> {
  if (checkpoint === null) return { kept: null };
  const key = join('steps', resultKey.slice(0, 2), resultKey, `${checkpoint.step}.ckpt`);
  try {
    await artifacts.put(key, checkpoint.file);
    return { kept: { ...checkpoint, file: key } };
  } catch (error) {
    return { kept: null, fault: error instanceof Error ? error.message : String(error) };
  }
}

/** Returns the incidents for checkpoints from which a training could not continue. */
export function brokenCheckpoints({ passedOver = [] }: Pick<TrainingStarted, 'passedOver'>): TrialIncident[] {
  return passedOver.map(({ step, reason }) => ({
    kind: 'checkpoint-broken',
    step,
    detail: `the step checkpoint cannot be used, and is trained again: ${reason}`,
  }));
}
