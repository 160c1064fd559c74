import { changesText } from '../api/changes-text.ts';
import { forkSourceText } from '../api/fork-text.ts';
import { limitsText } from '../api/limit-text.ts';
import { hasRounds } from '../api/rounds.ts';
import { rankingMetric, type StudyRepresentation } from '../api/study.ts';
import { counted, formFor } from '../shared/counted.ts';
import { durationText, timeLeftText } from './durations.ts';
import { wrapped } from './table.ts';
import { decimals } from './value-text.ts';

type Parameter = StudyRepresentation['spec']['searchSpace'][number];
type Line = readonly [title: string, text: string];

/** Describes a study for a person: its state, progress, best trial and definition, and the commands that come next. */
export function studyText(study: StudyRepresentation, width = Number.POSITIVE_INFINITY): string {
  const { id, name, state, outcome } = study;
  const lines: Line[] = [
    ['state', outcome ? `${state}: ${outcome.detail}` : state],
    ...(study.blocked ? [['waiting', study.blocked.detail] as const] : []),
    ...(study.forkedFrom ? [['forked from', forkSourceText(study.forkedFrom)] as const] : []),
    ['progress', progressOf(study)],
    study.front ? ['front', frontLine(study, study.front.size)] : ['best', bestOf(study)],
    ...changedValues(study),
    ['steps', stepsOf(study)],
    ['time', timeOf(study)],
    ...definitionOf(study),
  ];
  const indent = Math.max(...lines.map(([title]) => title.length)) + 4;
  return [
    `Study ${name}`,
    `  ${id}`,
    '',
    ...lines.flatMap(([title, text]) => {
      const [first = '', ...rest] = wrapped(text.split(' '), width, ' '.repeat(indent));
      return [`  ${title}`.padEnd(indent) + first.trimStart(), ...rest];
    }),
    '',
    ...nextOf(study),
  ].join('\n');
}

function progressOf(study: StudyRepresentation): string {
  const { trials, progress, generation, spec } = study;
  const finished = study.progress.finished;
  const others = (['running', 'queued', 'failed', 'pruned', 'cancelled'] as const).flatMap((state) =>
    trials[state] > 0 ? [`${trials[state]} ${state}`] : [],
  );
  return [
    progress.planned === null ? counted(finished, 'trial') : `${finished} of ${counted(progress.planned, 'trial')}`,
    ` ${formFor(finished, 'is', 'are')} finished`,
    others.length === 0 ? '' : ` (${others.join(', ')})`,
    generation === null ? '' : `; ${hasRounds(spec.sampler.type) ? 'round' : 'generation'} ${generation} is in progress`,
  ].join('');
}

function stepsOf({ stepsDone, stepsTrained, stepsReused, stepsSaved, trials }: StudyRepresentation): string {
  const reused = stepsReused > 0 ? `, ${stepsReused} reused` : '';
  const saved = stepsSaved > 0 ? `; ${counted(trials.pruned, 'stopped trial')} saved ${stepsSaved}` : '';
  return `${stepsDone} done, ${stepsTrained} trained${reused}${saved}`;
}

function bestOf(study: StudyRepresentation): string {
  const { best, spec } = study;
  if (best === null) return withoutBest(study);
  const parameters = spec.searchSpace.flatMap(({ name }) => (name in best.parameters ? [`${name} ${best.parameters[name]}`] : []));
  return `${rankingMetric(study)} ${decimals(best.value)} in trial ${best.number}: ${parameters.join(', ')}`;
}

/** Formats the changes of the best trial's values; no line if none changed. */
function changedValues({ best, spec }: StudyRepresentation): Line[] {
  const text = best === null ? '' : changesText(spec.searchSpace, best);
  return text === '' ? [] : [['changes', text]];
}

function frontLine(study: StudyRepresentation, size: number): string {
  return size === 0 ? withoutBest(study) : `${counted(size, 'trial')} that no other one is better than`;
}

function withoutBest({ trials, spec }: StudyRepresentation): string {
  return trials.completed > 0 && spec.constraints ? 'no trial keeps all limits yet' : 'no trial has a result yet';
}

function timeOf({ createdAt, endedAt, remainingSeconds }: StudyRepresentation): string {
  const moment = (time: string): string => `${time.slice(0, 19).replace('T', ' ')} UTC`;
  const left = remainingSeconds === null ? '' : `, ${timeLeftText(remainingSeconds)}`;
  if (endedAt === null) return `created ${moment(createdAt)}${left}`;
  return `created ${moment(createdAt)}, ended after ${durationText((Date.parse(endedAt) - Date.parse(createdAt)) / 1000)}`;
}

function definitionOf({ spec, priority, campaign }: StudyRepresentation): Line[] {
  const labels = Object.entries(spec.labels ?? {}).map(([name, value]) => `${name}=${value}`);
  return [
    [spec.metrics.length > 1 ? 'metrics' : 'metric', spec.metrics.map(({ name, direction }) => `${name} (${direction})`).join(', ')],
    ...(spec.constraints ? [['limits', limitsText(spec.constraints)] as const] : []),
    ['sampler', withOptions(spec.sampler)],
    ...(spec.pruner ? [['pruner', withOptions(spec.pruner)] as const] : []),
    ...(spec.samplerReason === undefined ? [] : [['chosen', spec.samplerReason] as const]),
    ['budget', budgetText(spec.budget)],
    ['objective', withOptions(spec.objective)],
    ['space', spec.searchSpace.map(parameterText).join('; ')],
    ['seeds', `search ${spec.seed}, trainings ${spec.objectiveSeed}`],
    ...(priority === 0 ? [] : [['priority', String(priority)] as const]),
    ...(labels.length === 0 ? [] : [['labels', labels.join(', ')] as const]),
    ...(campaign === null ? [] : [['part of', `campaign ${campaign.id}`] as const]),
  ];
}

function budgetText({ trials, generations, wallClockSeconds, targetValue }: StudyRepresentation['spec']['budget']): string {
  const limits = [
    ...(trials === undefined ? [] : [counted(trials, 'trial')]),
    ...(generations === undefined ? [] : [counted(generations, 'generation')]),
    ...(wallClockSeconds === undefined ? [] : [durationText(wallClockSeconds)]),
    ...(targetValue === undefined ? [] : [`the value ${targetValue}`]),
  ];
  return limits.length === 0 ? 'all points of the sampler' : limits.join(' or ');
}

function withOptions({ type, ...options }: { readonly type: string }): string {
  const text = optionsText(options);
  return text === '' ? type : `${type} (${text})`;
}

/** Writes the options that are not empty: `population 12, elites 6`. */
function optionsText(options: object): string {
  return Object.entries(options)
    .flatMap(([name, value]) => (isEmpty(value) ? [] : [`${name} ${typeof value === 'object' ? shortJson(value) : String(value)}`]))
    .join(', ');
}

function isEmpty(value: unknown): boolean {
  return value === undefined || (typeof value === 'object' && value !== null && Object.keys(value).length === 0);
}

/** Longest JSON of an option; a longer one is cut, because --json has it whole. */
const longestJson = 120;

function shortJson(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length <= longestJson ? text : `${text.slice(0, longestJson - 1)}…`;
}

function parameterText(parameter: Parameter): string {
  const { name, when } = parameter;
  const condition = when === undefined ? '' : ` when ${shortJson(when)}`;
  if (parameter.type === 'categorical') return `${name} ${parameter.choices.map(String).join(' | ')}${condition}`;
  const step = parameter.step === undefined || parameter.step === 1 ? '' : ` step ${parameter.step}`;
  return `${name} ${parameter.low} to ${parameter.high}${step}${parameter.scale === 'log' ? ' (log)' : ''}${condition}`;
}

function nextOf({ id, state, outcome, campaign, best, front, trials }: StudyRepresentation): string[] {
  const commands: Line[] = [];
  if (state === 'active') commands.push([`watch ${id}`, 'shows progress until it ends']);
  if (state === 'paused') commands.push([`resume ${id}`, 'continues it']);
  if (front && front.size > 0) commands.push([`front ${id}`, 'prints the trials of the front']);
  if (trials.pruned > 0) commands.push([`trials ${id} --state pruned`, 'lists what was stopped early, and why']);
  if (best !== null) commands.push([`leaderboard ${id}`, 'prints the best trials']);
  if (state === 'failed') commands.push([`trials ${id} --state failed`, 'lists what failed']);
  commands.push([`report ${id} --html FILE`, 'writes a page with all plots']);
  if (outcome && ['budget', 'wall-clock', 'target'].includes(outcome.reason) && campaign === null)
    commands.push([`extend ${id} --trials N`, 'goes on with a larger budget']);
  if (state !== 'active' && state !== 'paused' && campaign === null) commands.push([`delete ${id}`, 'deletes it']);
  const lines = commands.flatMap(([command, text]) => [`  clavier study ${command}`, `      ${text}`]);
  return [
    'Next:',
    ...lines,
    ...(campaign === null ? [] : [`  clavier campaign report ${campaign.id}`, '      compares it with the other parts']),
  ];
}
