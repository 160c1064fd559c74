import { invariant } from '../../shared/errors.ts';
import type { RandomStream } from '../../shared/random.ts';
import { type Configuration, configurationFrom, isActive } from '../../space/configuration.ts';
import type { ParameterValue } from '../../space/schema.ts';
import { type Densities, rankedCandidates } from './candidates.ts';
import type { Geometry, Group } from './geometry.ts';
import { parzenEstimator } from './parzen-estimator.ts';
import type { Evidence } from './past.ts';
import { splitSamples } from './samples.ts';
import type { TpeSettings } from './settings.ts';

/** The model's suggestion. */
export interface ModelChoice {
  readonly parameters: Configuration;
  /** The acquisition values of the chosen candidates of all groups, summed. */
  readonly acquisition: number;
}

/**
 * Chooses a configuration group by group, parents first: draws candidates from the density of the good trials and takes the one
 * with the largest ratio of good to bad density.
 *
 * @param streamOf the random numbers for the candidates of a group, by its index
 */
export function chooseByModel(
  geometry: Geometry,
  evidence: Evidence,
  settings: TpeSettings,
  streamOf: (group: number) => RandomStream,
): ModelChoice {
  const groups = settings.together ? geometry.groups.together : geometry.groups.apart;
  let parameters: Configuration = {};
  let acquisition = 0;
  for (const [index, group] of groups.entries()) {
    if (!exists(group, parameters)) continue;
    const ranking = rankedCandidates(group, densitiesOf(evidence, group, settings), settings.candidates, streamOf(index));
    const isNew = (choice: Configuration): boolean =>
      groups.slice(index + 1).some((later) => exists(later, choice)) || !evidence.wasTried(choice);
    let best: Choice | null = null;
    for (const { values, score } of ranking) {
      const choice = { parameters: { ...parameters, ...named(group, values) }, score };
      const isPreferred = !settings.avoidRepeats || isNew(choice.parameters);
      if (isPreferred) best = choice;
      best ??= choice;
      if (isPreferred) break;
    }
    parameters = best?.parameters ?? parameters;
    acquisition += best?.score ?? 0;
  }
  return { parameters: inOrder(geometry, parameters), acquisition };
}

/** Values for the parameters of the groups up to one, and the score of its own. */
interface Choice {
  readonly parameters: Configuration;
  readonly score: number;
}

/** The same configuration in the order of the space. */
function inOrder({ space }: Geometry, parameters: Configuration): Configuration {
  return configurationFrom(space, ({ name }) => {
    const value = parameters[name];
    invariant(value !== undefined, `the model chose nothing for ${name}`);
    return value;
  });
}

function densitiesOf(evidence: Evidence, group: Group, settings: TpeSettings): Densities {
  const { good, bad } = splitSamples(evidence, group, settings);
  return {
    good: parzenEstimator(good, settings.goodWeights(good.ranks), settings.estimator),
    bad: parzenEstimator(bad, settings.badWeights(bad.trials), settings.estimator),
  };
}

function exists({ members: [first] }: Group, values: Configuration): boolean {
  return first !== undefined && isActive(first.parameter, values);
}

function named({ members }: Group, values: readonly ParameterValue[]): Configuration {
  return Object.fromEntries(
    members.flatMap(({ parameter }, index) => {
      const value = values[index];
      return value === undefined ? [] : [[parameter.name, value]];
    }),
  );
}
