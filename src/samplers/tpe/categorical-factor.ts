import type { KernelFactor } from './kernel-factor.ts';

/**
 * Kernels over unordered choices: each observation puts its mass on its own choice except a share `spread`, distributed evenly over
 * all choices; the prior, the last kernel, distributes all its mass.
 *
 * @param coordinates of the observations, (choice + 1/2) / `choices`
 * @param spread 0 … 1
 */
export function categoricalFactor(coordinates: Float64Array, choices: number, spread: number): KernelFactor {
  const chosen = new Int32Array(coordinates.length);
  for (let kernel = 0; kernel < chosen.length; kernel += 1) chosen[kernel] = choiceAt(coordinates[kernel] as number, choices);
  const other = Math.log(spread / choices);
  const own = Math.log(1 - spread + spread / choices);
  const even = -Math.log(choices);
  return {
    logAcceptance: null,
    addLogDensity: ({ coordinate }, sums) => {
      const choice = choiceAt(coordinate, choices);
      for (let kernel = 0; kernel < sums.length; kernel += 1) {
        const mass = kernel === chosen.length ? even : chosen[kernel] === choice ? own : other;
        sums[kernel] = (sums[kernel] as number) + mass;
      }
    },
    draw: (kernel, stream) => {
      const center = chosen[kernel];
      const evenly = stream.uniform();
      const choice = stream.integer(choices);
      return ((center === undefined || evenly < spread ? choice : center) + 0.5) / choices;
    },
  };
}

function choiceAt(coordinate: number, choices: number): number {
  return Math.min(Math.floor(coordinate * choices), choices - 1);
}
