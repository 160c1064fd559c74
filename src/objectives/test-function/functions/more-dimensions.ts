import { cube, overBox, shifted, sum, sumOfPairs, type TestFunction } from '../test-function.ts';

/** Ackley in five dimensions: a narrow hole in a rippled plain (Ackley, "A Connectionist Machine for Genetic Hillclimbing", 1987). */
export const ackley: TestFunction = shifted([10.2, -15.4, 3.9, -7.5, 18], {
  name: 'ackley-5',
  box: cube(5, [-32.768, 32.768]),
  minimum: { value: 0, at: [0, 0, 0, 0, 0] },
  value: (x) => {
    const radius = Math.sqrt(sum(x, (coordinate) => coordinate ** 2) / x.length);
    const ripples = sum(x, (coordinate) => Math.cos(2 * Math.PI * coordinate)) / x.length;
    return 20 + Math.E - 20 * Math.exp(-0.2 * radius) - Math.exp(ripples);
  },
});

/** Rastrigin in four dimensions: a bowl with a minimum near every whole number (Rastrigin, 1974; Mühlenbein et al., Parallel Computing 17, 1991). */
export const rastrigin: TestFunction = shifted([1.6, -2.4, 0.6, -1.2], {
  name: 'rastrigin-4',
  box: cube(4, [-5.12, 5.12]),
  minimum: { value: 0, at: [0, 0, 0, 0] },
  value: (x) => 10 * x.length + sum(x, (coordinate) => coordinate ** 2 - 10 * Math.cos(2 * Math.PI * coordinate)),
});

/** Rosenbrock in four dimensions: a long curved valley (Rosenbrock, The Computer Journal 3, 1960). */
export const rosenbrock: TestFunction = overBox({
  name: 'rosenbrock-4',
  box: cube(4, [-5, 10]),
  minimum: { value: 0, at: [1, 1, 1, 1] },
  value: (x) => sumOfPairs(x, (coordinate, next) => 100 * (next - coordinate ** 2) ** 2 + (coordinate - 1) ** 2),
});

/** Levy in four dimensions (Levy and Montalvo, SIAM Journal on Scientific and Statistical Computing 6, 1985; Laguna and Martí, 2005). */
export const levy: TestFunction = overBox({
  name: 'levy-4',
  box: cube(4, [-10, 10]),
  minimum: { value: 0, at: [1, 1, 1, 1] },
  value: (x) => {
    const w = x.map((coordinate) => 1 + (coordinate - 1) / 4);
    const first = w[0] ?? Number.NaN;
    const last = w.at(-1) ?? Number.NaN;
    const middle = sum(w.slice(0, -1), (v) => (v - 1) ** 2 * (1 + 10 * Math.sin(Math.PI * v + 1) ** 2));
    return Math.sin(Math.PI * first) ** 2 + middle + (last - 1) ** 2 * (1 + Math.sin(2 * Math.PI * last) ** 2);
  },
});

/** Griewank in four dimensions: a wide bowl with fine ripples (Griewank, Journal of Optimization Theory and Applications 34, 1981). */
export const griewank: TestFunction = shifted([186, -282, 72, -138], {
  name: 'griewank-4',
  box: cube(4, [-600, 600]),
  minimum: { value: 0, at: [0, 0, 0, 0] },
  value: (x) => {
    const ripples = x.reduce((product, coordinate, index) => product * Math.cos(coordinate / Math.sqrt(index + 1)), 1);
    return 1 + sum(x, (coordinate) => coordinate ** 2) / 4000 - ripples;
  },
});

/** Styblinski–Tang in four dimensions: two valleys in each (Styblinski and Tang, Neural Networks 3, 1990). */
export const styblinskiTang: TestFunction = overBox({
  name: 'styblinski-tang-4',
  box: cube(4, [-5, 5]),
  minimum: { value: 4 * -39.166166, at: [-2.903534, -2.903534, -2.903534, -2.903534] },
  value: (x) => sum(x, (coordinate) => coordinate ** 4 - 16 * coordinate ** 2 + 5 * coordinate) / 2,
});

/** Michalewicz in five dimensions: narrow channels in a plain (Michalewicz, "Genetic Algorithms + Data Structures = Evolution Programs", 1992). */
export const michalewicz: TestFunction = overBox({
  name: 'michalewicz-5',
  box: cube(5, [0, Math.PI]),
  minimum: { value: -4.687658, at: [2.202906, 1.570796, 1.284992, 1.923058, 1.72047] },
  value: (x) => -sum(x, (coordinate, index) => Math.sin(coordinate) * Math.sin(((index + 1) * coordinate ** 2) / Math.PI) ** 20),
});
