import type { KernelFactor, Kernels } from './kernel-factor.ts';

/**
 * Kernels over unordered choices: each observation puts its mass on its own choice except a share `spread`, distributed evenly over
 * all choices; the prior, the last kernel, distributes all its mass. The coordinate of a choice is (choice + 1/2) / `choices`.
 *
 * @param spread 0 … 1
 */
export function categoricalFactor({ column, slots }: Kernels, choices: number, spread: number): KernelFactor {
  const prior = slots.length - 1;
  const { size } = column;
  const chosen = new Int32Array(size);
  for (let slot = 0; slot < size; slot += 1) chosen[slot] = choiceAt(column.centres[slot] as number, choices);
  // The prior has a place of its own.
  const places = slots.slice();
  places[prior] = size;
  const other = Math.log(spread / choices);
  const own = Math.log(1 - spread + spread / choices);
  const masses = new Float64Array(size + 1);
  masses[size] = -Math.log(choices);
  const addLogDensity: KernelFactor['addLogDensity'] = ({ coordinate }, sums, from) => {
    const choice = choiceAt(coordinate, choices);
    for (let slot = 0; slot < size; slot += 1) masses[slot] = chosen[slot] === choice ? own : other;
    for (let index = 0; index < sums.length; index += 1)
      sums[index] = (sums[index] as number) + (masses[places[from + index] as number] as number);
  };
  return {
    logAcceptance: () => null,
    addLogDensity,
    addRoughly: addLogDensity,
    draw: (kernel, stream) => {
      const evenly = stream.uniform();
      const choice = stream.integer(choices);
      return ((kernel === prior || evenly < spread ? choice : (chosen[slots[kernel] as number] as number)) + 0.5) / choices;
    },
  };
}

function choiceAt(coordinate: number, choices: number): number {
  return Math.min(Math.floor(coordinate * choices), choices - 1);
}
