/**
 * The categorical part of CatCMA: probabilities of each parameter's choices, and the state of the adaptive stochastic natural gradient
 * (Akimoto, Shirakawa, Yoshinari, Uchida, Saito and Nishida, "Adaptive Stochastic Natural Gradient Method for One-Shot Neural Architecture
 * Search", ICML 2019).
 */
export interface Categories {
  /** q, for each parameter and choice. */
  readonly probabilities: readonly (readonly number[])[];
  /** s, the accumulated gradient in coordinates in which the Fisher information is the identity. */
  readonly path: readonly number[];
  /** γ, the normalisation of `path`. */
  readonly pathWeight: number;
  /** δ, the length of the next step. */
  readonly stepLength: number;
  /** Δ, the damping: the steps are 1/Δ long. */
  readonly damping: number;
}

/** α, the ratio of signal to noise that the steps aim at. */
const aimedSignal = 1.5;
/** Keeps a gradient without length from division by 0. */
const leastLength = 1e-30;
/** With this probability no parameter is at a choice other than its most probable one, if all are at their margins. */
const allMostProbable = 0.73;

/** Equally likely choices of each parameter. @param counts number of choices of each parameter, at least 2 */
export function evenCategories(counts: readonly number[]): Categories {
  return {
    probabilities: counts.map((count) => new Array<number>(count).fill(1 / count)),
    path: new Array<number>(counts.reduce((sum, count) => sum + count - 1, 0)).fill(0),
    pathWeight: 0,
    stepLength: 1,
    damping: 1,
  };
}

/** A ranked point in the eyes of the categorical distribution: the index of each parameter's choice; −1 teaches nothing of that parameter. */
export type Chosen = readonly number[];

/**
 * The distribution after a generation (Hamano, Saito, Nomura, Uchida and Shirakawa, "CatCMA: Stochastic Optimization for Mixed-Category
 * Problems", GECCO 2024): a natural-gradient step of a length that follows the signal, then the margin.
 *
 * @param ranked best first
 * @param weights by rank, not negative
 */
export function adaptedCategories(categories: Categories, ranked: readonly Chosen[], weights: Float64Array): Categories {
  const { probabilities, path, pathWeight, stepLength, damping } = categories;
  const gradients = probabilities.map((own, place) => gradientOf(own, place, ranked, weights));
  const flat = probabilities.flatMap((own, place) => whitened(own, gradients[place] ?? []));
  const length = Math.sqrt(flat.reduce((sum, each) => sum + each * each, 0)) + leastLength;
  const moved = probabilities.map((own, place) =>
    own.map((each, choice) => each + (stepLength / length) * (gradients[place]?.[choice] ?? 0)),
  );
  const nextLength = 1 / damping;
  const rate = nextLength / Math.sqrt(flat.length);
  const scale = Math.sqrt(rate * (2 - rate));
  const nextPath = path.map((each, index) => (1 - rate) * each + (scale * (flat[index] ?? 0)) / length);
  const nextWeight = (1 - rate) ** 2 * pathWeight + rate * (2 - rate);
  const signal = nextPath.reduce((sum, each) => sum + each * each, 0);
  return {
    probabilities: moved.map((own) => withLeast(own, leastProbability(probabilities.length, own.length))),
    path: nextPath,
    pathWeight: nextWeight,
    stepLength: nextLength,
    damping: damping * Math.exp(rate * (nextWeight - signal / aimedSignal)),
  };
}

/** The natural gradient Σ w · (c − q) of one parameter, c being the indicator of the choice. */
function gradientOf(own: readonly number[], place: number, ranked: readonly Chosen[], weights: Float64Array): number[] {
  const gradient = new Array<number>(own.length).fill(0);
  for (const [rank, chosen] of ranked.entries()) {
    const choice = chosen[place] ?? -1;
    const weight = weights[rank] as number;
    if (choice < 0 || weight === 0) continue;
    for (const [index, probability] of own.entries())
      gradient[index] = (gradient[index] ?? 0) + weight * ((index === choice ? 1 : 0) - probability);
  }
  return gradient;
}

/** The gradient times the square root of the Fisher information; the last choice follows from the others (appendix B of Akimoto et al.). */
function whitened(own: readonly number[], gradient: readonly number[]): number[] {
  const last = own.at(-1) ?? 0;
  const free = gradient.slice(0, -1);
  const sum = free.reduce((total, each) => total + each, 0);
  return free.map((each, choice) => {
    const root = Math.sqrt(own[choice] ?? 0);
    return each / root + (root * sum) / (last + Math.sqrt(last));
  });
}

/** The margin q_min of a parameter with so many choices, of so many parameters. */
function leastProbability(parameters: number, choices: number): number {
  return (1 - Math.exp(Math.log(allMostProbable) / parameters)) / (choices - 1);
}

/** Probabilities of at least the margin; what was added is taken from the others, as far as they are above it. */
function withLeast(own: readonly number[], least: number): number[] {
  const raised = own.map((each) => Math.max(each, least));
  const sum = raised.reduce((total, each) => total + each, 0);
  const lowered = raised.map((each) => each - ((sum - 1) * (each - least)) / (sum - least * own.length));
  const total = lowered.reduce((all, each) => all + each, 0);
  return lowered.map((each) => each / total);
}
