import { z } from 'zod';
import type { Fault } from '../shared/errors.ts';
import type { SearchSpace } from '../space/schema.ts';
import type { Fidelity, Job, JobRequest, Objective, ValueDescription } from './contract.ts';
import { textClassifier } from './text-classifier/objective.ts';

/** Every objective. A new one is a folder and a row here. */
export const objectives = [textClassifier] as const;

/** The options of any objective. */
export const objectiveSchema = z.discriminatedUnion('type', [textClassifier.optionsSchema]).meta({ id: 'Objective' });
export type ObjectiveOptions = z.output<typeof objectiveSchema>;

/** An objective with its options filled in (see `Objective`). */
export interface BoundObjective {
  readonly name: string;
  readonly version: number;
  values(): readonly ValueDescription[];
  check(space: SearchSpace): readonly Fault[];
  fidelity(space: SearchSpace): Fidelity | null;
  job(request: Omit<JobRequest<unknown>, 'options'>): Job;
}

/** Binds the objective that the options name. */
export function objectiveFor(options: ObjectiveOptions): BoundObjective {
  return bind(textClassifier, options);
}

function bind<Options>(objective: Objective<Options>, options: Options): BoundObjective {
  return {
    name: objective.name,
    version: objective.version,
    values: () => objective.values(options),
    check: (space) => objective.check(space, options),
    fidelity: (space) => objective.fidelity(space, options),
    job: (request) => objective.job({ ...request, options }),
  };
}
