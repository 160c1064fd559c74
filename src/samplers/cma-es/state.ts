import { z } from 'zod';
import { invariant } from '../../shared/errors.ts';
import type { Categories } from './categorical.ts';
import { choicesOf, type Geometry } from './dimensions.ts';
import type { Distribution } from './distribution.ts';
import type { Gaussian } from './gaussian.ts';
import type { LearningRates } from './learning-rate.ts';

const vectorSchema = z.array(z.number());

const partRateSchema = z.strictObject({ average: vectorSchema, square: z.number().min(0), rate: z.number().min(0).max(1) });

const distributionSchema = z.strictObject({
  mean: vectorSchema,
  sigma: z.number().positive(),
  /** Rows of the lower triangle, one after the other. */
  covariance: vectorSchema,
  stepPath: vectorSchema,
  covariancePath: vectorSchema,
  age: z.int().min(0),
  scales: vectorSchema,
  categories: z.strictObject({
    probabilities: z.array(z.array(z.number().min(0).max(1))),
    path: vectorSchema,
    pathWeight: z.number(),
    stepLength: z.number().positive(),
    damping: z.number().positive(),
  }),
  rates: z.strictObject({ mean: partRateSchema, covariance: partRateSchema }).nullable(),
});

export const cmaEsStateSchema = z.strictObject({
  version: z.literal(1),
  /** The generation being evaluated, from 0. */
  generation: z.int().min(0),
  /** Index of the first suggestion of that generation. */
  firstTrial: z.int().min(0),
  /** Size of that generation. */
  population: z.int().min(1),
  /** Number of starts before the present one. */
  restarts: z.int().min(0),
  /** Best values of the latest generations since the start, null where no trial completed. */
  bests: z.array(z.number().nullable()),
  distribution: distributionSchema,
  /** The generation closed last, guests included, by trial number. */
  members: z.array(
    z.strictObject({
      trial: z.int().min(0),
      value: z.number().nullable(),
      /** Step after which it was stopped early; absent: it was not. */
      prunedAt: z.int().min(1).optional(),
    }),
  ),
});

export type CmaEsState = z.output<typeof cmaEsStateSchema>;

/** A distribution as JSON. */
export function packed({ gaussian, scales, categories, rates }: Distribution): CmaEsState['distribution'] {
  const { mean, sigma, covariance, stepPath, covariancePath, age } = gaussian;
  const size = mean.length;
  return {
    mean: [...mean],
    sigma,
    covariance: Array.from({ length: size }, (_, row) => [...covariance.subarray(row * size, row * size + row + 1)]).flat(),
    stepPath: [...stepPath],
    covariancePath: [...covariancePath],
    age,
    scales: [...scales],
    categories: { ...categories, probabilities: categories.probabilities.map((own) => [...own]), path: [...categories.path] },
    rates: rates && { mean: packedRate(rates.mean), covariance: packedRate(rates.covariance) },
  };
}

/**
 * The distribution of a state.
 *
 * @throws Error if it belongs to another space
 */
export function unpacked(
  { numeric, choices }: Geometry,
  { scales, categories, rates, ...gaussian }: CmaEsState['distribution'],
): Distribution {
  const size = numeric.length;
  const lengths = [gaussian.mean, scales, gaussian.stepPath, gaussian.covariancePath].map((vector) => vector.length);
  const counts = categories.probabilities.map((own) => own.length);
  invariant(
    lengths.every((length) => length === size) &&
      gaussian.covariance.length === (size * (size + 1)) / 2 &&
      counts.length === choices.length &&
      choices.every((axis, index) => choicesOf(axis) === counts[index]) &&
      (rates === null || (rates.mean.average.length === size && rates.covariance.average.length === size * size)),
    'a distribution has the axes of its space',
  );
  return {
    gaussian: unpackedGaussian(gaussian),
    scales: Float64Array.from(scales),
    categories: categories satisfies Categories,
    rates: rates && { mean: unpackedRate(rates.mean), covariance: unpackedRate(rates.covariance) },
  };
}

function unpackedGaussian(packedGaussian: Omit<CmaEsState['distribution'], 'scales' | 'categories' | 'rates'>): Gaussian {
  const { mean, sigma, covariance: triangle, stepPath, covariancePath, age } = packedGaussian;
  const size = mean.length;
  const covariance = new Float64Array(size * size);
  let at = 0;
  for (let row = 0; row < size; row += 1)
    for (let column = 0; column <= row; column += 1) {
      const entry = triangle[at] ?? Number.NaN;
      covariance[row * size + column] = entry;
      covariance[column * size + row] = entry;
      at += 1;
    }
  return {
    mean: Float64Array.from(mean),
    sigma,
    covariance,
    stepPath: Float64Array.from(stepPath),
    covariancePath: Float64Array.from(covariancePath),
    age,
  };
}

function packedRate({ average, square, rate }: LearningRates['mean']) {
  return { average: [...average], square, rate };
}

function unpackedRate({ average, square, rate }: ReturnType<typeof packedRate>): LearningRates['mean'] {
  return { average: Float64Array.from(average), square, rate };
}
