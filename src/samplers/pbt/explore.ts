import { invariant } from '../../shared/errors.ts';
import type { RandomStream } from '../../shared/random.ts';
import type { Configuration } from '../../space/configuration.ts';
import { configurationFrom } from '../../space/configuration.ts';
import type { FloatParameter, IntParameter, Parameter, ParameterValue, SearchSpace } from '../../space/schema.ts';
import { decodeUnit, nearestValue } from '../../space/unit-cube.ts';
import type { PbtOptions } from './options.ts';

/** On a linear scale a number moves by at least this share of what `perturbation` is of the range, so that 0 does not stay 0. */
const leastOfRange = 0.1;

/**
 * The configuration of a member that copies another: each parameter that changes is drawn anew, or else perturbed if it is a number (explore in
 * Jaderberg et al., "Population Based Training of Neural Networks", 2017, section 3 and appendix A; with a perturbation of 0.2 a value is
 * multiplied by 1.2 or 0.8).
 *
 * @param changes names of the parameters that change: no other one depends on them
 */
export function explored(
  space: SearchSpace,
  copied: Configuration,
  { changes, perturbation, resample }: Pick<PbtOptions, 'perturbation' | 'resample'> & { readonly changes: readonly string[] },
  random: RandomStream,
): Configuration {
  return configurationFrom(space, (parameter) => {
    const value = copied[parameter.name];
    invariant(value !== undefined, `a configuration has a value of ${parameter.name}`);
    if (!changes.includes(parameter.name)) return value;
    return random.uniform() < resample ? decodeUnit(parameter, random.uniform()) : perturbed(parameter, value, perturbation, random);
  });
}

/** A number that is larger or smaller; at an end of the range it goes the other way. A choice stays. */
function perturbed(parameter: Parameter, value: ParameterValue, perturbation: number, random: RandomStream): ParameterValue {
  if (parameter.type === 'categorical' || typeof value !== 'number') return value;
  const distance = distanceOf(parameter, value, perturbation);
  const signed = random.uniform() < 0.5 ? -distance : distance;
  const moved = nearestValue(parameter, value + signed);
  return moved === value ? nearestValue(parameter, value - signed) : moved;
}

/** At least a step of the parameter. */
function distanceOf({ low, high, scale, step = 0 }: FloatParameter | IntParameter, value: number, perturbation: number): number {
  const share = perturbation * leastOfRange;
  const least = scale === 'linear' ? high * share - low * share : 0;
  return Math.max(Math.abs(value) * perturbation, least, step);
}
