/** Groups of kernels of one numeric parameter with equal centre and width: on a lattice most are equal. */
export interface Shapes {
  /** Number of different shapes. */
  readonly count: number;
  /** The shape of each kernel. */
  readonly indices: Uint32Array;
  /** Of each shape, the first kernel that has it. */
  readonly kernels: Uint32Array;
}

/** Tells kernels apart by centre and width. */
export function shapesOf(centres: Float64Array, widths: Float64Array): Shapes {
  const known = new Map<number, number>();
  const indices = new Uint32Array(centres.length);
  const kernels = new Uint32Array(centres.length);
  // Of each shape, another of the same centre and another width, or −1.
  const alike: number[] = [];
  let count = 0;
  for (let kernel = 0; kernel < centres.length; kernel += 1) {
    const centre = centres[kernel] as number;
    let shape = known.get(centre) ?? -1;
    while (shape >= 0 && widths[kernels[shape] as number] !== widths[kernel]) shape = alike[shape] ?? -1;
    if (shape < 0) {
      shape = count;
      count += 1;
      kernels[shape] = kernel;
      alike[shape] = known.get(centre) ?? -1;
      known.set(centre, shape);
    }
    indices[kernel] = shape;
  }
  return { count, indices, kernels: kernels.slice(0, count) };
}
