import type { Values } from '../../objectives/contract.ts';
import { digestOf } from '../../shared/digest.ts';
import { kindOf } from '../definition/given-trials.ts';
import type { ChainedEvent, ExtensionFacts, GivenFacts } from '../events/event.ts';
import { type LoggedCreation, type LoggedEvent, type LoggedResult, type LoggedSuggestion, readEvent } from '../events/read.ts';
import type { StoredResult } from '../events/stored-result.ts';
import { nextNumber } from '../model/progress.ts';
import { isEnded } from '../model/states.ts';
import type { Study } from '../model/study.ts';
import { afterChange, afterExtension, compareChanges, nothingChanged } from './change-check.ts';
import { checkedChain } from './checked-chain.ts';
import { differing, shown } from './difference.ts';
import type { Findings } from './findings.ts';
import { compareCheckpoint, compareLastCheckpoint } from './log-checkpoints.ts';
import { counted, type Logged, type LogWalk, saysTheLog } from './log-walk.ts';
import { type NumberedBuffer, numberedBuffer } from './numbered-buffer.ts';
import type { StudyLists } from './study-lists.ts';
import { tryParse } from './try-parse.ts';

/** Results of comparing the log with the stored rows. */
export interface LogKnowledge {
  /** Of trials that are stored otherwise, by number. */
  readonly trials: ReadonlyMap<number, Logged>;
  /** Numbers of observed trials, and of suggested and given ones: from the log if it is intact, else from the study. */
  readonly observed: number;
  readonly suggested: number;
}

/**
 * Compares an event log with itself and with the stored rows: the definition and the code versions, each trial as it was queued,
 * each observed result, each study checkpoint, the study's state. Modified events are reported, and their contents are ignored.
 *
 * @returns the log's records that differ from the rows; none for a study without a log
 */
export async function checkLog(study: Study, lists: StudyLists, findings: Findings): Promise<LogKnowledge> {
  const { observed } = study.sampler;
  const logged = new Map<number, Logged>();
  if (study.events === null) return { trials: logged, observed, suggested: nextNumber(study.sampler) };
  await using trials = numberedBuffer(lists.trials(), ({ number }) => number);
  await using results = numberedBuffer(lists.results(), ({ number }) => number);
  await using checkpoints = numberedBuffer(lists.checkpoints(), ({ sequence }) => sequence);
  const nothing = { queued: 0, observed: 0, written: 0, outcome: null, changes: nothingChanged, lastCheckpoint: null, ending: [] };
  const walk: LogWalk = { study, findings, trials, results, checkpoints, logged, ...nothing, state: 'active', sound: true };
  let events = 0;
  for await (const { event, sound, afterGap } of checkedChain(lists.events(), study.events, findings)) {
    if (findings.full()) break;
    events = event.sequence + 1;
    if (afterGap || !sound) distrust(walk);
    if (sound) await compareEvent(walk, event);
  }
  if (events < study.events.count) distrust(walk);
  await compareEnd(walk);
  return { trials: logged, observed: walk.observed ?? observed, suggested: walk.queued ?? nextNumber(study.sampler) };
}

/** After a missing or modified event the study's progress at that point is unknown. */
function distrust(walk: LogWalk): void {
  Object.assign(walk, { queued: null, observed: null, written: null, state: null, changes: null, sound: false });
}

async function compareEvent(walk: LogWalk, { sequence, type, data }: Pick<ChainedEvent, 'sequence' | 'type' | 'data'>): Promise<void> {
  const read = await tryParse(async () => readEvent({ type, data }));
  if ('unreadable' in read) {
    walk.findings.add({ where: `events/${sequence}/data`, expected: `what ${type} says`, found: shown(data), detail: read.unreadable });
    return distrust(walk);
  }
  const first = sequence === 0;
  const creates = read.value.type === 'study-created' || read.value.type === 'study-imported';
  if (first !== creates)
    walk.findings.add({
      where: `events/${sequence}/type`,
      expected: first ? 'study-created' : 'another',
      found: type,
      detail: 'a log begins with the creation of its study',
    });
  await compareData(walk, sequence, read.value);
}

async function compareData(walk: LogWalk, sequence: number, event: LoggedEvent): Promise<void> {
  switch (event.type) {
    case 'study-created':
    case 'study-imported':
      return compareCreation(walk, event.data);
    case 'trials-queued':
      for (const trial of event.data.trials) await compareQueued(walk, sequence, trial);
      return;
    case 'trials-given':
      for (const [place, facts] of event.data.trials.entries()) await compareGiven(walk, sequence, event.data.first + place, facts);
      return;
    case 'trials-observed':
      for (const result of event.data.trials) await compareObserved(walk, sequence, result);
      return;
    case 'checkpoint-written':
      return compareCheckpoint(walk, sequence, event.data);
    case 'study-paused':
      walk.state = 'paused';
      return;
    case 'study-resumed':
      walk.state = 'active';
      return;
    case 'study-ended':
      Object.assign(walk, { state: event.data.state, outcome: event.data.outcome, ending: event.data.trials });
      return;
    case 'study-extended':
      walk.changes = afterExtension(walk.study, { known: walk.changes, sequence, findings: walk.findings }, event.data);
      return goOn(walk, event.data);
    case 'study-changed':
      walk.changes = afterChange(walk.study, { known: walk.changes, sequence, findings: walk.findings }, event.data);
  }
}

/** A study that had ended goes on, perhaps from before its last study checkpoint. Results of its end are observed again. */
function goOn(walk: LogWalk, { observed, checkpoints }: Pick<ExtensionFacts, 'observed' | 'checkpoints'>): void {
  if (walk.lastCheckpoint && walk.lastCheckpoint.sequence >= checkpoints) walk.lastCheckpoint = null;
  walk.ending = [];
  if (walk.observed !== null) walk.observed = observed;
  if (walk.written !== null) walk.written = checkpoints;
  if (walk.state !== null && isEnded(walk.state)) Object.assign(walk, { state: 'active', outcome: null });
}

function compareCreation({ study, findings }: LogWalk, facts: LoggedCreation): void {
  const { content, digest } = study.definition;
  findings.add(
    ...differing('study/spec', facts.definition, digestOf(content), `digest of the definition, ${saysTheLog}`),
    ...differing('study/definitionDigest', facts.definition, digest, `digest of the definition, ${saysTheLog}`),
    ...differing('study/samplerVersion', facts.samplerVersion, study.sampler.version, saysTheLog),
    ...differing('study/objectiveVersion', facts.objectiveVersion, study.objectiveVersion, saysTheLog),
  );
}

async function compareQueued(walk: LogWalk, sequence: number, suggestion: LoggedSuggestion, values?: Values): Promise<void> {
  const { findings, trials } = walk;
  const { number, generation, parameters, origin, seen = null, given = null } = suggestion;
  walk.queued = counted(walk, sequence, walk.queued, number);
  await trials.readTo(number + 1);
  const trial = trials.at(number);
  const where = `trials/${number}`;
  trials.forget(number + 1);
  if (!trial) {
    findings.add({ where, expected: shown(parameters), found: shown(undefined), detail: `it was queued, ${saysTheLog}` });
    walk.logged.set(number, { suggestion, result: null });
    return;
  }
  const differences = [
    ...differing(`${where}/parameters`, parameters, trial.parameters, saysTheLog),
    ...differing(`${where}/origin`, origin, trial.origin, saysTheLog),
    ...differing(`${where}/generation`, generation, trial.generation, saysTheLog),
    ...differing(`${where}/seen`, seen, trial.seen, saysTheLog),
    ...differing(`${where}/given`, given, trial.given, saysTheLog),
    ...(values ? differing(`${where}/values`, values, trial.values, saysTheLog) : []),
  ];
  findings.add(...differences);
  if (differences.length > 0) walk.logged.set(number, { suggestion, result: null });
}

async function compareGiven(
  walk: LogWalk,
  sequence: number,
  number: number,
  { parameters, origin = {}, values }: GivenFacts,
): Promise<void> {
  await compareQueued(walk, sequence, { number, generation: null, parameters, origin, given: kindOf({ values }) }, values);
}

async function compareObserved(walk: LogWalk, sequence: number, result: LoggedResult): Promise<void> {
  walk.observed = counted(walk, sequence, walk.observed, result.number);
  await compareResult(walk, result);
}

async function compareResult({ results, findings, logged }: LogWalk, result: LoggedResult): Promise<void> {
  const { number } = result;
  await results.readTo(number + 1);
  const stored = results.at(number);
  results.forget(number + 1);
  const known = logged.get(number);
  const differences = stored ? resultDifferences(result, stored) : [];
  findings.add(...differences);
  if (known || differences.length > 0) logged.set(number, { suggestion: known?.suggestion ?? null, result });
}

/** Compared in the words of the event's version, named in those of this one. */
function resultDifferences({ number, facts, factsOf }: LoggedResult, result: StoredResult) {
  const stored = factsOf(result);
  const { state, ...others } = facts;
  return [
    ...differing(`trials/${number}/state`, state, stored['state'], saysTheLog),
    ...Object.entries(others).flatMap(([name, value]) => differing(`trials/${number}/${name}`, value, stored[name], saysTheLog)),
  ];
}

/** Compares the end of the log with the study, and reports rows that the log does not have. */
async function compareEnd(walk: LogWalk): Promise<void> {
  await compareLastCheckpoint(walk);
  for (const result of walk.ending) await compareResult(walk, result);
  const { study, findings, queued, observed, written, state, outcome, changes, sound } = walk;
  if (state !== null) {
    findings.add(...differing('study/state', state, study.state, saysTheLog));
    if (isEnded(state)) findings.add(...differing('study/outcome', outcome, study.outcome, saysTheLog));
    else findings.add(...differing('study/outcome', null, study.outcome, saysTheLog));
  }
  if (changes !== null) compareChanges(study, changes, findings);
  if (observed !== null) findings.add(...differing('study/observed', observed, study.sampler.observed, saysTheLog));
  if (queued !== null) findings.add(...differing('study/suggested', queued, nextNumber(study.sampler), saysTheLog));
  if (!sound) return;
  await reportUnknown(walk.trials, queued ?? 0, 'trials', findings);
  await reportUnknown(walk.checkpoints, written ?? 0, 'checkpoints', findings);
}

async function reportUnknown<Item>(items: NumberedBuffer<Item>, from: number, name: string, findings: Findings): Promise<void> {
  for (let number = from; !findings.full(); number += 1) {
    await items.readTo(number + 1);
    if (number >= items.end()) return;
    if (items.at(number))
      findings.add({ where: `${name}/${number}`, expected: shown(undefined), found: 'it is stored', detail: 'no event tells of it' });
    items.forget(number + 1);
  }
}
