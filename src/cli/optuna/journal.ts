import { z } from 'zod';
import { UsageError } from '../exit-codes.ts';
import { externalValue, readDistribution } from './distribution.ts';
import {
  type OptunaParameter,
  type OptunaState,
  type OptunaStudy,
  type OptunaTrial,
  optunaDirections,
  optunaStates,
  systemKeys,
} from './optuna-study.ts';
import { parsePythonJson } from './python-json.ts';

const attributes = z.record(z.string(), z.unknown());
/** Any number, infinities included; NaN was read as null. */
const objectiveValue = z.custom<number | null>((value) => value === null || typeof value === 'number');
const objectiveValues = z.array(objectiveValue.transform((value) => value ?? Number.NaN)).nullish();
const state = z.int().transform((index) => optunaStates[index] ?? null);

/** Operations of a journal by their code. Those that change nothing that is read here are left out. */
const operations = {
  createStudy: z.object({ op_code: z.literal(0), study_name: z.string(), directions: z.array(z.int()) }),
  deleteStudy: z.object({ op_code: z.literal(1), study_id: z.int() }),
  studyAttribute: z.object({ op_code: z.literal(2), study_id: z.int(), user_attr: attributes }),
  studySystemAttribute: z.object({ op_code: z.literal(3), study_id: z.int(), system_attr: attributes }),
  createTrial: z.object({
    op_code: z.literal(4),
    study_id: z.int(),
    state: state.optional(),
    distributions: z.record(z.string(), z.string()).default({}),
    params: z.record(z.string(), z.number()).default({}),
    value: objectiveValue.optional(),
    values: objectiveValues,
    user_attrs: attributes.default({}),
    system_attrs: attributes.default({}),
    intermediate_values: attributes.default({}),
  }),
  parameter: z.object({
    op_code: z.literal(5),
    trial_id: z.int(),
    param_name: z.string(),
    param_value_internal: z.number(),
    distribution: z.string(),
  }),
  result: z.object({ op_code: z.literal(6), trial_id: z.int(), state, values: objectiveValues }),
  report: z.object({ op_code: z.literal(7), trial_id: z.int(), step: z.int() }),
  attribute: z.object({ op_code: z.literal(8), trial_id: z.int(), user_attr: attributes }),
  systemAttribute: z.object({ op_code: z.literal(9), trial_id: z.int(), system_attr: attributes }),
};
const operationSchema = z.discriminatedUnion('op_code', [
  operations.createStudy,
  operations.deleteStudy,
  operations.studyAttribute,
  operations.studySystemAttribute,
  operations.createTrial,
  operations.parameter,
  operations.result,
  operations.report,
  operations.attribute,
  operations.systemAttribute,
]);
type Operation = z.output<typeof operationSchema>;
type CreateTrial = z.output<typeof operations.createTrial>;

/** A trial while the journal is replayed. */
interface Draft {
  state: OptunaState;
  readonly number: number;
  readonly parameters: Map<string, OptunaParameter>;
  system: Record<string, unknown>;
  values: readonly number[];
  readonly steps: Set<string>;
  readonly attributes: Set<string>;
}

interface StudyDraft {
  readonly name: string;
  readonly directions: OptunaStudy['directions'];
  user: Record<string, unknown>;
  system: Record<string, unknown>;
  readonly trials: Draft[];
}

const finishedStates: readonly OptunaState[] = ['COMPLETE', 'PRUNED', 'FAIL'];

/**
 * Replays a journal of Optuna: one JSON object a line, or all of them in a JSON array. As in Optuna, operations on what does not exist,
 * or on a finished trial, change nothing: they lost a race with another process.
 *
 * @throws UsageError if a line is no operation of a journal. The last line is ignored if it was not written to its end.
 */
export function studiesOfJournal(text: string): OptunaStudy[] {
  const studies = new Map<number, StudyDraft>();
  const trials: Draft[] = [];
  let created = 0;
  for (const operation of operationsOf(text)) {
    if (operation.op_code === 0) {
      if (![...studies.values()].some(({ name }) => name === operation.study_name)) studies.set(created++, studyDraft(operation));
    } else if ('study_id' in operation) changeStudy(operation, studies, trials);
    else changeTrial(operation, trials[operation.trial_id]);
  }
  return [...studies.values()].map(finishedStudy);
}

function* operationsOf(text: string): Generator<Operation> {
  const entries = text.trimStart().startsWith('[') ? arrayOf(text) : linesOf(text);
  for (const { entry, place } of entries) {
    const { data } = z.object({ op_code: z.int() }).safeParse(entry);
    if (!data) throw new UsageError(`${place} is no operation of an Optuna journal (JournalFileBackend)`);
    if (data.op_code > 9) continue;
    const operation = operationSchema.safeParse(entry);
    if (!operation.success) throw new UsageError(`${place} cannot be read: ${operation.error.issues[0]?.message}`);
    yield operation.data;
  }
}

interface Entry {
  readonly entry: unknown;
  readonly place: string;
}

function arrayOf(text: string): Entry[] {
  const all = z.array(z.unknown()).parse(jsonOf(text, 'it'));
  return all.map((entry, index) => ({ entry, place: `entry ${index + 1}` }));
}

function* linesOf(text: string): Generator<Entry> {
  const lines = text.split('\n');
  // The text after the last line break is empty, or a line that was not written to its end.
  for (const [index, line] of lines.slice(0, -1).entries()) {
    const place = `line ${index + 1}`;
    if (line.trim() !== '') yield { entry: jsonOf(line, place), place };
  }
  if (lines.length === 1 && text.trim() !== '') yield { entry: jsonOf(text, 'line 1'), place: 'line 1' };
}

function jsonOf(text: string, place: string): unknown {
  try {
    return parsePythonJson(text);
  } catch (error) {
    throw new UsageError(`${place} is not JSON, so this is no journal of Optuna (JournalFileBackend)`, { cause: error });
  }
}

function studyDraft({ study_name: name, directions }: z.output<typeof operations.createStudy>): StudyDraft {
  return { name, directions: directions.map((index) => optunaDirections[index] ?? 'NOT_SET'), user: {}, system: {}, trials: [] };
}

type StudyOperation = Exclude<Extract<Operation, { study_id: number }>, { op_code: 0 }>;

function changeStudy(operation: StudyOperation, studies: Map<number, StudyDraft>, trials: Draft[]): void {
  const study = studies.get(operation.study_id);
  if (!study) return;
  if (operation.op_code === 1) studies.delete(operation.study_id);
  else if (operation.op_code === 2) study.user = { ...study.user, ...operation.user_attr };
  else if (operation.op_code === 3) study.system = { ...study.system, ...operation.system_attr };
  else {
    const trial = createdTrial(operation, study.trials.length);
    study.trials.push(trial);
    trials.push(trial);
  }
}

function createdTrial(operation: CreateTrial, number: number): Draft {
  const { value, values, distributions, params } = operation;
  const parameters = Object.entries(params).map(([name, stored]) => [name, parameterOf(distributions[name] ?? '', stored)] as const);
  return {
    state: operation.state ?? 'RUNNING',
    number,
    parameters: new Map(parameters),
    system: operation.system_attrs,
    values: values ?? (typeof value === 'number' ? [value] : []),
    steps: new Set(Object.keys(operation.intermediate_values)),
    attributes: new Set(Object.keys(operation.user_attrs)),
  };
}

type TrialOperation = Extract<Operation, { trial_id: number }>;

function changeTrial(operation: TrialOperation, trial: Draft | undefined): void {
  if (!trial || finishedStates.includes(trial.state)) return;
  switch (operation.op_code) {
    case 5:
      trial.parameters.set(operation.param_name, parameterOf(operation.distribution, operation.param_value_internal));
      break;
    case 6:
      trial.state = operation.state ?? trial.state;
      trial.values = operation.values ?? trial.values;
      break;
    case 7:
      trial.steps.add(String(operation.step));
      break;
    case 8:
      for (const key of Object.keys(operation.user_attr)) trial.attributes.add(key);
      break;
    case 9:
      trial.system = { ...trial.system, ...operation.system_attr };
  }
}

function parameterOf(text: string, stored: number): OptunaParameter {
  const distribution = readDistribution(text);
  return { value: externalValue(distribution, stored), distribution };
}

function finishedStudy({ name, directions, user, system, trials }: StudyDraft): OptunaStudy {
  const metricNames = z.array(z.string()).safeParse(system[systemKeys.metricNames]).data ?? null;
  return { name, directions, metricNames, userAttributes: user, trials: trials.map(finishedTrial) };
}

function finishedTrial({ number, state, parameters, system, values, steps, attributes }: Draft): OptunaTrial {
  const enqueued = z.record(z.string(), z.unknown()).safeParse(system[systemKeys.enqueued]).data ?? {};
  return { number, state, parameters, enqueued, values, reports: steps.size, attributes: attributes.size };
}
