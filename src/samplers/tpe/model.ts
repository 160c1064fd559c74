import { invariant } from '../../shared/errors.ts';
import type { RandomStream } from '../../shared/random.ts';
import { type Configuration, configurationFrom, isActive } from '../../space/configuration.ts';
import type { ParameterValue } from '../../space/schema.ts';
import { type Densities, rankedCandidates } from './candidates.ts';
import { type Evidence, type Sample, splitterOf } from './evidence.ts';
import { columnsOf, type Geometry, type Group } from './geometry.ts';
import { parzenEstimator } from './parzen-estimator.ts';
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
  const split = splitterOf(evidence, settings);
  const groups = settings.together ? geometry.groups.together : geometry.groups.apart;
  let parameters: Configuration = {};
  let acquisition = 0;
  for (const [index, group] of groups.entries()) {
    if (!exists(group, parameters)) continue;
    const candidates = rankedCandidates(group, densitiesOf(group, split(group), settings), settings.candidates, streamOf(index));
    const choices = candidates.map(({ values }) => ({ ...parameters, ...named(group, values) }));
    const isNew = (choice: Configuration): boolean =>
      groups.slice(index + 1).some((later) => exists(later, choice)) || !wasTried(geometry, evidence, choice);
    const preferred = settings.avoidRepeats ? choices.findIndex(isNew) : 0;
    const chosen = Math.max(preferred, 0);
    parameters = choices[chosen] ?? parameters;
    acquisition += candidates[chosen]?.score ?? 0;
  }
  return { parameters: inOrder(geometry, parameters), acquisition };
}

/** True if a trial, finished or not, has exactly this configuration. */
function wasTried(geometry: Geometry, { columns, values }: Evidence, configuration: Configuration): boolean {
  const own = columnsOf(geometry, [configuration]).map((column) => column[0]);
  for (let trial = 0; trial < values.length; trial += 1) {
    if (own.every((coordinate, place) => Object.is(coordinate, columns[place]?.[trial]))) return true;
  }
  return false;
}

/** The same configuration in the order of the space. */
function inOrder({ space }: Geometry, parameters: Configuration): Configuration {
  return configurationFrom(space, ({ name }) => {
    const value = parameters[name];
    invariant(value !== undefined, `the model chose nothing for ${name}`);
    return value;
  });
}

function densitiesOf(group: Group, { good, bad }: Readonly<Record<'good' | 'bad', Sample>>, settings: TpeSettings): Densities {
  const axes = group.members.map(({ axis }) => axis);
  return {
    good: parzenEstimator(axes, good.columns, settings.goodWeights(good.values), settings.estimator),
    bad: parzenEstimator(axes, bad.columns, settings.badWeights(bad.values), settings.estimator),
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
