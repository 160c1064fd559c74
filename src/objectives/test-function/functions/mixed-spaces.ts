import type { Configuration } from '../../../space/configuration.ts';
import { searchSpaceSchema } from '../../../space/schema.ts';
import { numberOf, sum, sumOfPairs, type TestFunction } from '../test-function.ts';
import { camel } from './few-dimensions.ts';

/**
 * Dixon–Price in three dimensions (Dixon and Price, "The Truncated Newton Method for Sparse Unconstrained Optimisation",
 * 1989) of the decimal logarithms of parameters over twenty decades.
 */
export const logDixonPrice: TestFunction = {
  name: 'log-dixon-price-3',
  space: searchSpaceSchema.parse(['x1', 'x2', 'x3'].map((name) => ({ type: 'float', name, low: 1e-10, high: 1e10, scale: 'log' }))),
  minimum: { value: 0, at: { x1: 10, x2: 10 ** (2 ** -0.5), x3: 10 ** (2 ** -0.75) } },
  value: (parameters) => {
    const x = ['x1', 'x2', 'x3'].map((name) => Math.log10(numberOf(parameters, name)));
    return (
      ((x[0] ?? Number.NaN) - 1) ** 2 + sumOfPairs(x, (before, coordinate, index) => (index + 2) * (2 * coordinate ** 2 - before) ** 2)
    );
  },
};

/** Schwefel's function 2.26 in three dimensions (Schwefel, "Numerical Optimization of Computer Models", 1981) on whole numbers. */
export const integerSchwefel: TestFunction = {
  name: 'integer-schwefel-3',
  space: searchSpaceSchema.parse(['x1', 'x2', 'x3'].map((name) => ({ type: 'int', name, low: -500, high: 500 }))),
  minimum: { value: 0.000408, at: { x1: 421, x2: 421, x3: 421 } },
  value: (parameters) => {
    const x = ['x1', 'x2', 'x3'].map((name) => numberOf(parameters, name));
    return 418.9829 * x.length - sum(x, (coordinate) => coordinate * Math.sin(Math.sqrt(Math.abs(coordinate))));
  },
};

/**
 * A binary tree of conditions: two choices lead to one of four leaves, each with a parameter of its own and one shared
 * with its neighbour (Jenatton, Archambeau, González and Seeger, "Bayesian Optimization with Tree-structured
 * Dependencies", ICML 2017, section 5.1).
 */
export const conditionalTree: TestFunction = {
  name: 'conditional-tree',
  space: searchSpaceSchema.parse([
    { type: 'categorical', name: 'x1', choices: ['left', 'right'] },
    { type: 'categorical', name: 'x2', choices: ['left', 'right'], when: { parameter: 'x1', values: ['left'] } },
    { type: 'categorical', name: 'x3', choices: ['left', 'right'], when: { parameter: 'x1', values: ['right'] } },
    { type: 'float', name: 'x4', low: -1, high: 1, when: { parameter: 'x2', values: ['left'] } },
    { type: 'float', name: 'x5', low: -1, high: 1, when: { parameter: 'x2', values: ['right'] } },
    { type: 'float', name: 'x6', low: -1, high: 1, when: { parameter: 'x3', values: ['left'] } },
    { type: 'float', name: 'x7', low: -1, high: 1, when: { parameter: 'x3', values: ['right'] } },
    { type: 'float', name: 'r8', low: 0, high: 1, when: { parameter: 'x1', values: ['left'] } },
    { type: 'float', name: 'r9', low: 0, high: 1, when: { parameter: 'x1', values: ['right'] } },
  ]),
  minimum: { value: 0.1, at: { x1: 'left', x2: 'left', x4: 0, r8: 0 } },
  value: (parameters) => {
    if (parameters['x1'] === 'left') {
      const [leaf, base] = parameters['x2'] === 'left' ? (['x4', 0.1] as const) : (['x5', 0.2] as const);
      return numberOf(parameters, leaf) ** 2 + base + numberOf(parameters, 'r8');
    }
    const [leaf, base] = parameters['x3'] === 'left' ? (['x6', 0.3] as const) : (['x7', 0.4] as const);
    return numberOf(parameters, leaf) ** 2 + base + numberOf(parameters, 'r9');
  },
};

const surfaces = {
  rosenbrock: (x: number, y: number) => (100 * (y - x ** 2) ** 2 + (x - 1) ** 2) / 300,
  camel: (x: number, y: number) => camel(x, y) / 10,
  beale: (x: number, y: number) => ((1.5 - x + x * y) ** 2 + (2.25 - x + x * y ** 2) ** 2 + (2.625 - x + x * y ** 3) ** 2) / 50,
} as const;

/**
 * Two categories choose which of three surfaces are added; the last three of the second choice are one surface
 * (`Func-2C` of Ru, Alvi, Nguyen, Osborne and Roberts, "Bayesian Optimisation over Multiple Continuous and Categorical
 * Inputs", ICML 2020; here to be minimised, without its noise).
 */
export const twoCategories: TestFunction = {
  name: 'two-categories',
  space: searchSpaceSchema.parse([
    { type: 'categorical', name: 'first', choices: ['rosenbrock', 'camel', 'beale'] },
    { type: 'categorical', name: 'second', choices: ['rosenbrock', 'camel', 'beale', 'beale-2', 'beale-3'] },
    { type: 'float', name: 'x', low: -1, high: 1 },
    { type: 'float', name: 'y', low: -1, high: 1 },
  ]),
  minimum: { value: 2 * -0.1031628, at: { first: 'camel', second: 'camel', x: 0.0449, y: -0.3563 } },
  value: (parameters) => surface(parameters, 'first') + surface(parameters, 'second'),
};

function surface(parameters: Configuration, category: string): number {
  const x = 2 * numberOf(parameters, 'x');
  const y = 2 * numberOf(parameters, 'y');
  const chosen = parameters[category];
  return chosen === 'rosenbrock' || chosen === 'camel' ? surfaces[chosen](x, y) : surfaces.beale(x, y);
}
