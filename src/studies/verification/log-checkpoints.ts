import { digestOf } from '../../shared/digest.ts';
import { differing, shown } from './difference.ts';
import { counted, type LoggedCheckpoint, type LogWalk, saysTheLog } from './log-walk.ts';

/** Notes a study checkpoint of the log, and compares the one before it. */
export async function compareCheckpoint(walk: LogWalk, at: number, checkpoint: LoggedCheckpoint): Promise<void> {
  await compareLastCheckpoint(walk);
  walk.written = counted(walk, at, walk.written, checkpoint.sequence);
  walk.lastCheckpoint = checkpoint;
}

/** Compares the noted study checkpoint with the stored one. */
export async function compareLastCheckpoint(walk: LogWalk): Promise<void> {
  if (walk.lastCheckpoint === null) return;
  const { sequence, generation, trials, digest } = walk.lastCheckpoint;
  walk.lastCheckpoint = null;
  await walk.checkpoints.readTo(sequence + 1);
  const stored = walk.checkpoints.at(sequence);
  walk.checkpoints.forget(sequence + 1);
  const where = `checkpoints/${sequence}`;
  if (!stored) {
    walk.findings.add({ where, expected: digest, found: shown(undefined), detail: `it was written, ${saysTheLog}` });
    return;
  }
  walk.findings.add(
    ...differing(`${where}/state`, digest, digestOf(stored.state), `digest of the state, ${saysTheLog}`),
    ...differing(`${where}/digest`, digest, stored.digest, saysTheLog),
    ...differing(`${where}/generation`, generation, stored.generation, saysTheLog),
    ...differing(`${where}/trials`, trials, stored.trials, saysTheLog),
  );
}
