import { eigenOf } from './eigen.ts';
import { ball, type Gaussian } from './gaussian.ts';

/** γ: the share of the points, the best ones, that are promising. */
const promisingShare = 0.1;
/** α: the standard deviation around each of them, in units of the cube. */
const spread = 0.1;

/** The promising ones of some points, ranked best first: a tenth of them, at least one. */
export function promising<Each>(ranked: readonly Each[]): readonly Each[] {
  return ranked.slice(0, Math.max(1, Math.floor(ranked.length * promisingShare)));
}

/**
 * The normal distribution nearest to a mixture of equal balls around the promising points (Nomura, Watanabe, Akimoto, Ozaki and Onishi, "Warm
 * Starting CMA-ES for Hyperparameter Optimization", AAAI 2021, section 4).
 *
 * @param best the promising points, in the unit cube, at least 1
 */
export function warmStart(best: readonly Float64Array[]): Gaussian {
  const size = best[0]?.length ?? 0;
  const mean = new Float64Array(size);
  for (const point of best)
    for (const [index, coordinate] of point.entries()) mean[index] = (mean[index] as number) + coordinate / best.length;
  const spreadOut = new Float64Array(size * size);
  for (let row = 0; row < size; row += 1)
    for (let column = 0; column < size; column += 1) {
      const products = best.map(
        (point) => ((point[row] as number) - (mean[row] as number)) * ((point[column] as number) - (mean[column] as number)),
      );
      spreadOut[row * size + column] = (row === column ? spread ** 2 : 0) + products.reduce((sum, each) => sum + each, 0) / best.length;
    }
  // σ takes the size of the distribution, C the shape: the determinant of C is 1.
  const logVolume = eigenOf(spreadOut, size).values.reduce((sum, value) => sum + Math.log(value), 0);
  const sigma = Math.exp(logVolume / (2 * size));
  return { ...ball(mean, sigma), covariance: spreadOut.map((entry) => entry / sigma ** 2) };
}
