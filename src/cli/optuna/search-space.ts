import { formFor } from '../../shared/counted.ts';
import {
  mostParameters,
  type Parameter,
  type ParameterValue,
  parameterNameSchema,
  parameterSchema,
  searchSpaceSchema,
} from '../../space/schema.ts';
import { canonicalValue } from '../../space/unit-cube.ts';
import { UsageError } from '../exit-codes.ts';
import type { Distribution, NumericDistribution } from './distribution.ts';
import { numberIn, numericParameter } from './numeric-parameter.ts';
import type { OptunaParameter, OptunaTrial } from './optuna-study.ts';

/** A parameter of the new study. */
export interface ImportedParameter {
  /** Its name in Optuna. */
  readonly source: string;
  readonly parameter: Parameter;
  /** Converts a value of Optuna; undefined if the parameter cannot take it. */
  readonly convert: (value: unknown) => ParameterValue | undefined;
}

export interface ImportedSpace {
  readonly parameters: readonly ImportedParameter[];
  /** Differences from Optuna, one sentence each. */
  readonly remarks: readonly string[];
}

/** One parameter of all completed trials. */
interface History {
  readonly name: string;
  readonly uses: readonly OptunaParameter[];
}

/**
 * Makes the search space of the distributions of completed trials. Optuna does not store conditions, so the parameters that all of these
 * trials have make the space; the others are left out.
 *
 * @throws UsageError if there is no such parameter, or if one cannot be imported
 */
export function searchSpaceOf(completed: readonly OptunaTrial[]): ImportedSpace {
  if (completed.length === 0) throw new UsageError('no trial of the Optuna study is complete; its search space is known only from those');
  const histories = [...historiesOf(completed).values()];
  const common = histories.filter(({ uses }) => uses.length === completed.length);
  const partial = histories.filter(({ uses }) => uses.length < completed.length);
  const names = namesOf(common.map(({ name }) => name));
  const imported = common.map((history, index) => importedParameter(history, names[index] ?? history.name));
  const kept = imported.flatMap(({ result }) => (result ? [result] : []));
  requireSpace(kept);
  const remarks = [
    ...partial.map(
      ({ name, uses }) =>
        `the parameter ${JSON.stringify(name)} is left out: only ${uses.length} of ${completed.length} completed trials have it, and Optuna does not store its condition`,
    ),
    ...imported.flatMap((each) => each.remarks),
  ];
  return { parameters: kept, remarks };
}

function historiesOf(completed: readonly OptunaTrial[]): Map<string, History & { uses: OptunaParameter[] }> {
  const histories = new Map<string, { name: string; uses: OptunaParameter[] }>();
  for (const { parameters } of completed)
    for (const [name, use] of parameters) {
      const history = histories.get(name) ?? { name, uses: [] };
      history.uses.push(use);
      histories.set(name, history);
    }
  return histories;
}

/** The names of parameters here. Only a name that is not valid here is changed, to one that no other has. */
function namesOf(sources: readonly string[]): string[] {
  const used = new Set(sources);
  return sources.map((source) => {
    if (parameterNameSchema.safeParse(source).success) return source;
    const letters = source.replace(/[^A-Za-z0-9_.-]/g, '_');
    const base = (/^[A-Za-z]/.test(letters) ? letters : `p_${letters}`).slice(0, 60);
    let name = base;
    for (let number = 2; used.has(name); number += 1) name = `${base}_${number}`;
    used.add(name);
    return name;
  });
}

interface Imported {
  readonly result: ImportedParameter | null;
  readonly remarks: readonly string[];
}

function importedParameter({ name: source, uses }: History, name: string): Imported {
  const distributions = [...new Set(uses.map(({ distribution }) => distribution))];
  const numeric = distributions.filter(isNumeric);
  const subject = `the parameter ${JSON.stringify(source)}`;
  if (numeric.length > 0 && numeric.length < distributions.length)
    return { result: null, remarks: [`${subject} is left out: it was a number in some trials and a choice in others`] };
  const { parameter, remarks, convert } =
    numeric.length > 0 ? numericImport(name, numeric, uses) : categoricalImport(name, distributions.filter(isCategorical));
  const renamed = name === source ? [] : [`it is called ${name} now, because names are letters, digits, dots, dashes and underscores`];
  return { result: { source, parameter, convert }, remarks: [...renamed, ...remarks].map((remark) => `${subject}: ${remark}`) };
}

interface Conversion {
  readonly parameter: Parameter;
  readonly remarks: readonly string[];
  readonly convert: ImportedParameter['convert'];
}

function numericImport(name: string, distributions: readonly NumericDistribution[], uses: History['uses']): Conversion {
  const values = uses.flatMap(({ value }) => (typeof value === 'number' ? [value] : []));
  const { parameter, remarks } = numericParameter({ name, distributions, values });
  const convert = (value: unknown): ParameterValue | undefined => {
    const number = typeof value === 'number' ? numberIn(parameter, value) : undefined;
    return number === undefined ? undefined : canonicalValue(parameter, number);
  };
  return { parameter, remarks, convert };
}

/** Choices that are no number, text or truth value become text: None, or JSON. */
function categoricalImport(name: string, distributions: readonly (Distribution & { kind: 'categorical' })[]): Conversion {
  const choices = [...new Set(distributions.flatMap((own) => own.choices.map(choiceOf)))];
  const changed = [...new Set(distributions.flatMap((own) => own.choices.filter((choice) => choiceOf(choice) !== choice).map(choiceOf)))];
  const texts = changed.map((choice) => JSON.stringify(choice)).join(', ');
  const remarks = changed.length === 0 ? [] : [`${formFor(changed.length, 'a choice is', 'choices are')} text now: ${texts}`];
  const convert = (value: unknown): ParameterValue | undefined => choices.find((choice) => choice === choiceOf(value));
  return { parameter: { type: 'categorical', name, choices }, remarks, convert };
}

function choiceOf(value: unknown): ParameterValue {
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  return value === null || value === undefined ? 'None' : JSON.stringify(value);
}

function isNumeric(distribution: Distribution): distribution is NumericDistribution {
  return distribution.kind !== 'categorical';
}

function isCategorical(distribution: Distribution): distribution is Distribution & { kind: 'categorical' } {
  return distribution.kind === 'categorical';
}

/** The service checks the definition too, but knows nothing of Optuna. */
function requireSpace(imported: readonly ImportedParameter[]): void {
  if (imported.length === 0) throw new UsageError('no parameter can be imported: none is in all completed trials of the Optuna study');
  if (imported.length > mostParameters)
    throw new UsageError(`the Optuna study has ${imported.length} parameters; a study has at most ${mostParameters}`);
  for (const { source, parameter } of imported) {
    const issue = parameterSchema.safeParse(parameter).error?.issues[0];
    if (issue) throw new UsageError(`the parameter ${JSON.stringify(source)} cannot be imported: ${issue.path.join('/')} ${issue.message}`);
  }
  searchSpaceSchema.parse(imported.map(({ parameter }) => parameter));
}
