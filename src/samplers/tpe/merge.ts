import type { Kernels } from './kernel-factor.ts';

/**
 * Merges equal kernels of one parameter into one with the sum of their weights: of thousands on steps or choices, few remain. They are
 * in the order in which they first appear.
 */
export function merged(kernels: Kernels, weights: Float64Array): { readonly kernels: Kernels; readonly weights: Float64Array } {
  const { column, slots, widths } = kernels;
  const firsts = new Uint32Array(slots.length);
  const sums = new Float64Array(slots.length);
  // Of each slot, a shape with it; of each shape, another with the same slot; −1 for none.
  const latest = new Int32Array(column.size).fill(-1);
  const alike = new Int32Array(slots.length);
  let count = 0;
  for (let kernel = 0; kernel < slots.length; kernel += 1) {
    const slot = slots[kernel] as number;
    let shape = latest[slot] as number;
    while (shape >= 0 && widths[firsts[shape] as number] !== widths[kernel]) shape = alike[shape] as number;
    if (shape < 0) {
      shape = count++;
      firsts[shape] = kernel;
      alike[shape] = latest[slot] as number;
      latest[slot] = shape;
    }
    sums[shape] = (sums[shape] as number) + (weights[kernel] as number);
  }
  const own = firsts.subarray(0, count);
  return {
    kernels: {
      ...kernels,
      slots: Int32Array.from(own, (kernel) => slots[kernel] as number),
      widths: Float64Array.from(own, (kernel) => widths[kernel] as number),
    },
    weights: sums.slice(0, count),
  };
}
