/** Terms this much below the largest add nothing that a double could tell, even thousands of them. */
const negligible = 40;

/** The logarithm of the sum of the exponentials. Its last bits depend on the order of the terms. */
export function logSum(terms: Float64Array): number {
  const largest = greatest(terms);
  const bound = largest - negligible;
  let total = 0;
  for (let index = 0; index < terms.length; index += 1) {
    const term = terms[index] as number;
    if (term > bound) total += Math.exp(term - largest);
  }
  return largest + Math.log(total);
}

/** The most by which the logarithm of a rough sum of rough terms differs from `logSum`, of millions of terms too: ten times its usual error. */
export const roughness = 1e-3;

/** Terms this much below the largest are left out of a rough sum: e⁻²⁵ times millions is still too little to matter. */
const reach = 25;
/** Steps of one in the table of exponentials, which ends with 0. */
const perUnit = 64;
const exponentials = Float64Array.from({ length: reach * perUnit + 1 }, (_, index) => Math.exp(-index / perUnit));
exponentials[reach * perUnit] = 0;

/** A sum of exponentials by a table, each exact to 4 · 10⁻⁵ of its value. */
export class RoughSum {
  #largest = Number.NEGATIVE_INFINITY;
  /** In units of the exponential of `#largest`. */
  #total = 0;

  add(terms: Float64Array): void {
    const largest = Math.max(this.#largest, greatest(terms));
    if (largest === Number.NEGATIVE_INFINITY) return;
    let total = this.#total * Math.exp(this.#largest - largest);
    for (let index = 0; index < terms.length; index += 1) {
      const below = Math.min(largest - (terms[index] as number), reach);
      const nearest = (below * perUnit + 0.5) | 0;
      total += (exponentials[nearest] as number) * (1 + nearest / perUnit - below);
    }
    this.#largest = largest;
    this.#total = total;
  }

  log(): number {
    return this.#largest + Math.log(this.#total);
  }
}

function greatest(terms: Float64Array): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < terms.length; index += 1) {
    const term = terms[index] as number;
    if (term > largest) largest = term;
  }
  return largest;
}
