import type { Values } from '../../objectives/contract.ts';
import { digestOf } from '../../shared/digest.ts';
import { kindOf } from '../definition/given-trials.ts';
import type { ChainedEvent, GivenFacts } from '../events/event.ts';
import { type LoggedCreation, type LoggedEvent, type LoggedResult, type LoggedSuggestion, readEvent } from '../events/read.ts';
import type { StoredResult } from '../events/stored-result.ts';
import { nextNumber } from '../model/progress.ts';
import { isEnded, type StudyState } from '../model/states.ts';
import type { Study, StudyCheckpoint } from '../model/study.ts';
import type { Trial } from '../model/trial.ts';
import { checkedChain } from './checked-chain.ts';
import { differing, shown } from './difference.ts';
import type { Findings } from './findings.ts';
import { type NumberedBuffer, numberedBuffer } from './numbered-buffer.ts';
import type { StudyLists } from './study-lists.ts';
import { tryParse } from './try-parse.ts';

/** The log's record of a trial whose row differs from it or is missing. */
export interface Logged {
  readonly suggestion: LoggedSuggestion | null;
  readonly result: LoggedResult | null;
}

/** Results of comparing the log with the stored rows. */
export interface LogKnowledge {
  /** Of trials that are stored otherwise, by number. */
  readonly trials: ReadonlyMap<number, Logged>;
  /** Numbers of observed trials, and of suggested and given ones: from the log if it is intact, else from the study. */
  readonly observed: number;
  readonly suggested: number;
}

/** A walk along the log. */
interface LogWalk {
  readonly study: Study;
  readonly findings: Findings;
  readonly trials: NumberedBuffer<Trial>;
  readonly results: NumberedBuffer<StoredResult>;
  readonly checkpoints: NumberedBuffer<StudyCheckpoint>;
  readonly logged: Map<number, Logged>;
  /** Trials queued, trials observed and checkpoints written so far; null after an event that cannot be trusted. */
  queued: number | null;
  observed: number | null;
  written: number | null;
  state: StudyState | null;
  outcome: unknown;
  /** True while every event is the one that was chained. */
  sound: boolean;
}

const saysTheLog = 'as the event log has it';

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
  const start = { queued: 0, observed: 0, written: 0, state: 'active', outcome: null, sound: true } as const;
  const walk: LogWalk = { study, findings, trials, results, checkpoints, logged, ...start };
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
  Object.assign(walk, { queued: null, observed: null, written: null, state: null, sound: false });
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
      Object.assign(walk, { state: event.data.state, outcome: event.data.outcome });
      for (const result of event.data.trials) await compareResult(walk, result);
  }
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

async function compareCheckpoint(
  walk: LogWalk,
  at: number,
  { sequence, generation, trials, digest }: Pick<StudyCheckpoint, 'sequence' | 'generation' | 'trials' | 'digest'>,
): Promise<void> {
  walk.written = counted(walk, at, walk.written, sequence);
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

/** Numbers come one after the other. @returns how many there are with this one */
function counted({ findings }: LogWalk, sequence: number, count: number | null, number: number): number {
  if (count !== null && number !== count)
    findings.add({
      where: `events/${sequence}/data`,
      expected: `number ${count}`,
      found: `number ${number}`,
      detail: 'the log tells things in order, each once',
    });
  return number + 1;
}

/** Compares the end of the log with the study, and reports rows that the log does not have. */
async function compareEnd(walk: LogWalk): Promise<void> {
  const { study, findings, queued, observed, written, state, outcome, sound } = walk;
  if (state !== null) {
    findings.add(...differing('study/state', state, study.state, saysTheLog));
    if (isEnded(state)) findings.add(...differing('study/outcome', outcome, study.outcome, saysTheLog));
    else findings.add(...differing('study/outcome', null, study.outcome, saysTheLog));
  }
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
