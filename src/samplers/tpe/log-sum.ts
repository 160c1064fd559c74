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

/** The most by which the logarithm of a rough sum differs from `logSum`, of up to millions of terms: ten times its usual error. */
export const roughness = 1e-4;

/** Steps of one in the table of exponentials, and its length: e⁻²⁵ times a million is still too little to matter. */
const perUnit = 32;
const steps = 25 * perUnit;
const exponentials = Float64Array.from({ length: steps }, (_, index) => Math.exp(-index / perUnit));

/** A sum of exponentials by a table, each exact to 10⁻⁵ of its value. */
export class RoughSum {
  #largest = Number.NEGATIVE_INFINITY;
  /** In units of the exponential of `#largest`. */
  #total = 0;

  add(terms: Float64Array): void {
    const largest = Math.max(this.#largest, greatest(terms));
    if (largest === Number.NEGATIVE_INFINITY) return;
    const bound = largest - (steps - 1) / perUnit;
    let total = this.#total * Math.exp(this.#largest - largest);
    for (let index = 0; index < terms.length; index += 1) {
      const term = terms[index] as number;
      if (term <= bound) continue;
      const below = largest - term;
      const step = (below * perUnit) | 0;
      const rest = below - step / perUnit;
      total += (exponentials[step] as number) * (1 - rest * (1 - 0.5 * rest));
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
