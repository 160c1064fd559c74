import type { ResolvedSpec } from '../definition/definition.ts';
import { measuredOf } from '../definition/ranking.ts';
import type { TrialError } from '../model/failure.ts';
import { isFinal } from '../model/states.ts';
import type { Trial } from '../model/trial.ts';
import type { Logged } from './log-walk.ts';
import type { ReplayTrial } from './numbered-buffer.ts';

/**
 * Input for the replay: stored trials, overridden by the event log where the two differ, so that one change is reported once, at
 * its place, and not again in its consequences. What is stored beside the values of a trial is made of them again.
 *
 * @param logged the log's version of trials whose rows differ from it, by number
 */
export async function* reconciled(
  spec: ResolvedSpec,
  trials: AsyncIterable<Trial>,
  logged: ReadonlyMap<number, Logged>,
): AsyncGenerator<ReplayTrial> {
  const left = [...logged.keys()].sort((one, other) => one - other);
  for await (const { violation: _violation, metricValues: _values, ...stored } of trials) {
    const trial = { ...stored, ...(stored.state === 'completed' && measuredOf(spec, stored.values)) };
    yield* withoutRow(spec, left, logged, trial.number);
    if (left[0] === trial.number) left.shift();
    yield corrected(spec, trial, logged.get(trial.number));
  }
  yield* withoutRow(spec, left, logged, Number.POSITIVE_INFINITY);
}

/** Trials that only the log has, up to the next stored one. */
function* withoutRow(spec: ResolvedSpec, left: number[], logged: ReadonlyMap<number, Logged>, before: number): Generator<ReplayTrial> {
  for (let [number] = left; number !== undefined && number < before; [number] = left) {
    left.shift();
    const suggestion = logged.get(number)?.suggestion;
    if (!suggestion) continue;
    const { generation, parameters, origin, seen = null, given = null } = suggestion;
    yield corrected(
      spec,
      { number, given, generation, parameters, origin, seen, state: 'queued', value: null, diverged: false, error: null },
      logged.get(number),
    );
  }
}

function corrected(spec: ResolvedSpec, trial: ReplayTrial, known: Logged | undefined): ReplayTrial {
  if (!known) return trial;
  const { suggestion, result } = known;
  const { generation, parameters, origin, seen, given } = suggestion
    ? { ...suggestion, seen: suggestion.seen ?? null, given: suggestion.given ?? null }
    : trial;
  const { state, value, metricValues, violation, diverged, error } = result
    ? { ...result, ...(result.state === 'completed' && measuredOf(spec, result.values)), error: errorOf(result.error) }
    : trial;
  const prunedAt = state === 'pruned' ? trial.prunedAt : undefined;
  const came = isFinal(state)
    ? {
        state,
        value,
        diverged,
        error,
        ...(metricValues && { metricValues }),
        ...(violation !== undefined && { violation }),
        ...(prunedAt !== undefined && { prunedAt }),
      }
    : { state, value: null, diverged: false, error: null };
  const { number, index } = trial;
  return { number, ...(index !== undefined && { index }), given, generation, parameters, origin, seen, ...came };
}

function errorOf(code: TrialError['code'] | null): TrialError | null {
  return code === null ? null : { code, message: code };
}
