import { z } from 'zod';
import type { CrossViolation } from '../shared/errors.ts';
import { invariant } from '../shared/errors.ts';
import type { SearchSpace } from '../space/schema.ts';
import type {
  Capability,
  CostModel,
  DataSize,
  EvaluatedBy,
  FailurePolicy,
  Fidelity,
  Job,
  JobRequest,
  Objective,
  OptionsSchema,
  Task,
  ValueDescription,
} from './contract.ts';
import type { NamedDefinition, ObjectiveDefinitions } from './definitions.ts';
import type { Evaluations } from './evaluations.ts';
import type { Evaluator } from './evaluator.ts';
import { external } from './external/objective.ts';
import type { PublishedPart, PublishedResult } from './published.ts';
import { testFunctionEvaluator } from './test-function/evaluator.ts';
import { testFunction } from './test-function/objective.ts';
import { textClassifierEvaluator } from './text-classifier/evaluator.ts';
import { textClassifier } from './text-classifier/objective.ts';

/** Every objective, by its name in definitions. A new one needs a folder, a row here and a conformance test. */
export const objectives = {
  'lstm-text-classifier': row(textClassifier, textClassifierEvaluator),
  'test-function': row(testFunction, testFunctionEvaluator),
  external: row(external, null),
} as const;

/** The objectives and versions that runners of this code evaluate. */
export const capabilities: readonly Capability[] = Object.values(objectives)
  .filter(({ evaluatedBy }) => evaluatedBy === 'runner')
  .map(({ name, version }) => ({ name, version }));

/** Names of the objectives whose trials workers of clients evaluate. */
export const clientObjectives: readonly string[] = Object.values(objectives)
  .filter(({ evaluatedBy }) => evaluatedBy === 'client')
  .map(({ name }) => name);

const [firstSchema, ...otherSchemas] = Object.values(objectives).map(({ optionsSchema }) => optionsSchema);
invariant(firstSchema, 'there is an objective');

/** The options of any objective. */
export const objectiveSchema = z
  .discriminatedUnion('type', [firstSchema, ...otherSchemas])
  .meta({ id: 'Objective', description: 'The objective that evaluates the trials.' });
export type ObjectiveOptions = z.output<typeof objectiveSchema>;

/** An objective with its options filled in (see `Objective`). */
export interface BoundObjective<Options = unknown> {
  readonly name: string;
  readonly version: number;
  readonly evaluatedBy: EvaluatedBy;
  /** The options of a new study over this space. */
  pinned(space: SearchSpace): Options;
  values(): readonly ValueDescription[];
  check(space: SearchSpace): readonly CrossViolation[];
  fidelity(space: SearchSpace): Fidelity | null;
  /** Parameters whose values may change between two steps of an evaluation; null: any. */
  readonly changeable: readonly string[] | null;
  job(request: Omit<JobRequest<unknown>, 'options'>): Job;
  /** null: only the client knows the task. */
  task(): Task | null;
  describe(): string;
  /** null if the objective has no data whose size could vary. */
  withDataSize(size: DataSize): Options | null;
  evaluations(): Evaluations | null;
  readonly cost: CostModel | null;
  published(part: Omit<PublishedPart<unknown>, 'options'>): PublishedResult | null;
}

/** Binds the objective that the options name. */
export function objectiveFor(options: ObjectiveOptions): BoundObjective<ObjectiveOptions> {
  return objectives[options.type].bind(options);
}

/** The definitions of a kind that the objectives bring along, in the order of the table. */
export function definitionsOf(kind: keyof ObjectiveDefinitions): NamedDefinition[] {
  return Object.values(objectives).flatMap(({ definitions }: { readonly definitions: ObjectiveDefinitions }) => definitions[kind] ?? []);
}

/** @returns the evaluator of an objective; null if this code has no such objective or another version of it, or if clients evaluate it */
export function evaluatorOf({ name, version }: Capability): Evaluator | null {
  return Object.values(objectives).find((objective) => objective.name === name && objective.version === version)?.evaluator ?? null;
}

/** The consequences of the failures that objectives know, by code. */
export const objectiveFailures: ReadonlyMap<string, FailurePolicy> = new Map(
  Object.values(objectives).flatMap(({ failures }): [string, FailurePolicy][] => Object.entries(failures)),
);

/** A row: an objective, bound by those who have the options of any objective, and its evaluator. */
function row<Schema extends OptionsSchema>(objective: Objective<Schema>, evaluator: Evaluator | null) {
  type Options = z.output<Schema>;
  type AnyOptions = { readonly type: string };
  const isOwn = (options: AnyOptions): options is Options => options.type === objective.name;
  const bind = (given: AnyOptions): BoundObjective<Options> => {
    invariant(isOwn(given), `options of the objective ${given.type} go to that objective`);
    const options: Options = given;
    return {
      name: objective.name,
      version: objective.version,
      evaluatedBy: objective.evaluatedBy,
      pinned: (space) => objective.pinned?.(options, space) ?? options,
      values: () => objective.values(options),
      check: (space) => objective.check(space, options),
      fidelity: (space) => objective.fidelity(space, options),
      changeable: objective.changeable,
      job: (request) => objective.job({ ...request, options }),
      task: () => objective.task(options),
      describe: () => objective.describe(options),
      withDataSize: (size) => objective.withDataSize?.(options, size) ?? null,
      evaluations: () => objective.evaluations(options),
      cost: objective.cost,
      published: (part) => objective.published({ ...part, options }),
    };
  };
  return { ...objective, bind, evaluator };
}
