import type { CrossViolation } from '../../shared/errors.ts';
import { plainWording } from '../../shared/schema-wording.ts';
import { didYouMean } from '../../shared/suggestion.ts';
import type { Parameter, SearchSpace } from '../../space/schema.ts';
import { type DatasetName, latestVersion } from './datasets/catalogue.ts';
import { type HyperparameterName, hyperparameterRanges, isHyperparameter } from './hyperparameters.ts';

/** The options of the objective that the checks look at. */
interface CheckedOptions {
  readonly dataset: DatasetName;
  readonly datasetVersion?: number | undefined;
  readonly hyperparameters: { readonly [Name in HyperparameterName]?: unknown };
}

/** Checks that this objective can search this space. Pointers are into the study. */
export function objectiveViolations(objective: CheckedOptions, space: SearchSpace): CrossViolation[] {
  const ofSpace = space.flatMap((parameter, index) => {
    if (!isHyperparameter(parameter.name)) {
      return [
        {
          pointer: `/searchSpace/${index}/name`,
          detail: `the objective has no hyperparameter named ${parameter.name}; it has ${Object.keys(hyperparameterRanges).join(', ')}${didYouMean(parameter.name, Object.keys(hyperparameterRanges))}`,
        },
      ];
    }
    const fixed = objective.hyperparameters[parameter.name] !== undefined;
    const clash = fixed
      ? [{ pointer: `/objective/hyperparameters/${parameter.name}`, detail: `${parameter.name} is searched; it cannot be fixed as well` }]
      : [];
    return [...clash, ...rangeViolations(parameter.name, parameter, `/searchSpace/${index}`)];
  });
  return [...versionViolations(objective), ...ofSpace];
}

function versionViolations({ dataset, datasetVersion = 1 }: CheckedOptions): CrossViolation[] {
  const latest = latestVersion(dataset);
  if (datasetVersion <= latest) return [];
  return [
    { pointer: '/objective/datasetVersion', detail: `must be at most ${latest}, the newest version of ${dataset}, got ${datasetVersion}` },
  ];
}

/** The extreme values of a numeric parameter, or each choice, must be ones that the hyperparameter can take. */
function rangeViolations(name: HyperparameterName, parameter: Parameter, pointer: string): CrossViolation[] {
  if (parameter.type === 'categorical')
    return parameter.choices.flatMap((choice, index) => valueViolations(name, choice, `${pointer}/choices/${index}`));
  const isText = hyperparameterRanges[name] === hyperparameterRanges.optimizer;
  if (isText) return [{ pointer: `${pointer}/type`, detail: `${name} takes names; make it a categorical parameter` }];
  if (parameter.type === 'float' && isWhole(name))
    return [{ pointer: `${pointer}/type`, detail: `${name} takes whole numbers; make it an int parameter` }];
  return [...valueViolations(name, parameter.low, `${pointer}/low`), ...valueViolations(name, parameter.high, `${pointer}/high`)];
}

function isWhole(name: HyperparameterName): boolean {
  return !hyperparameterRanges[name].safeParse(1.5).success && !hyperparameterRanges[name].safeParse(0.5).success;
}

function valueViolations(name: HyperparameterName, value: unknown, pointer: string): CrossViolation[] {
  const checked = hyperparameterRanges[name].safeParse(value, { error: plainWording });
  return checked.success ? [] : checked.error.issues.map((issue) => ({ pointer, detail: `${name} ${issue.message}` }));
}
