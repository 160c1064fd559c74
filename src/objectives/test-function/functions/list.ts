import type { TestFunction } from '../test-function.ts';
import { branin, goldsteinPrice, hartmann3, hartmann6, sixHumpCamel } from './few-dimensions.ts';
import { lstmLandscape } from './lstm-landscape.ts';
import { conditionalTree, integerSchwefel, logDixonPrice, twoCategories } from './mixed-spaces.ts';
import { ackley, griewank, levy, michalewicz, rastrigin, rosenbrock, styblinskiTang } from './more-dimensions.ts';

/** The fixed set: chosen before any sampler was measured on it. */
export const testFunctions: readonly TestFunction[] = [
  branin,
  sixHumpCamel,
  goldsteinPrice,
  hartmann3,
  hartmann6,
  ackley,
  rastrigin,
  rosenbrock,
  levy,
  griewank,
  styblinskiTang,
  michalewicz,
  logDixonPrice,
  integerSchwefel,
  conditionalTree,
  twoCategories,
  lstmLandscape,
];
