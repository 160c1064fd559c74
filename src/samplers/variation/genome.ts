import { z } from 'zod';
import type { RandomStream } from '../../shared/random.ts';
import { type Configuration, configurationFrom } from '../../space/configuration.ts';
import type { SearchSpace } from '../../space/schema.ts';
import { parameterNameSchema } from '../../space/schema.ts';
import { decodeUnit, encodeUnit } from '../../space/unit-cube.ts';
import type { Suggestion } from '../contract.ts';
import type { Origin } from '../origin.ts';

/** Coordinates of the unit interval, one for each parameter in the order of the space. null: nothing is known of it. */
export type RealGenome = readonly (number | null)[];

/** Coordinates of parameters that do not exist in a configuration, by name: carried along, so that a child in which one exists inherits it. */
export const latentSchema = z.record(parameterNameSchema, z.number().min(0).max(1));
export type Latent = z.output<typeof latentSchema>;

const decimals = 1e12;

/** A configuration with what its genome says of the parameters that do not exist in it. */
export interface Individual {
  readonly parameters: Configuration;
  readonly latent: Latent;
  /** The trials of its parents. Absent: it has none. */
  readonly parents?: readonly [number, number];
}

/** The genome of a configuration. A latent coordinate that is not known, as those of a trial that a client gave, is null. */
export function realGenome(space: SearchSpace, { parameters, latent }: Individual): RealGenome {
  return space.map((parameter) => {
    const value = parameters[parameter.name];
    return value === undefined ? (latent[parameter.name] ?? null) : encodeUnit(parameter, value);
  });
}

/** The configuration of a genome. Parameters whose coordinate is needed and not known are drawn. */
export function expressed(space: SearchSpace, genome: RealGenome, stream: RandomStream): Individual {
  const latent = new Map(
    space.flatMap(({ name }, index) => {
      const coordinate = genome[index] ?? null;
      return coordinate === null ? [] : [[name, keptCoordinate(coordinate)]];
    }),
  );
  const parameters = configurationFrom(space, (parameter, index) => {
    latent.delete(parameter.name);
    return decodeUnit(parameter, genome[index] ?? stream.uniform());
  });
  return { parameters, latent: Object.fromEntries(latent) };
}

/** A coordinate to 12 decimal places, as coordinates are bred and stored. */
export function keptCoordinate(coordinate: number): number {
  return Math.round(coordinate * decimals) / decimals;
}

/** A genome that is uniform in the unit cube. */
export function drawnGenome(space: SearchSpace, stream: RandomStream): RealGenome {
  return space.map(() => stream.uniform());
}

/** The suggestion of an individual: its origin keeps the parents and the latent coordinates, if there are any. */
export function suggestionOf({ parameters, latent, parents }: Individual, origin: Origin): Suggestion {
  const kept = Object.keys(latent).length === 0 ? {} : { latent };
  return { parameters, origin: { ...origin, ...(parents && { parents }), ...kept } };
}
