import { cube, type Interval, overBox, shifted, sum, type TestFunction } from '../test-function.ts';

/** Sphere in two dimensions, its minimum beside the middle of the box (De Jong, "An Analysis of the Behavior of a Class of Genetic Adaptive Systems", 1975). */
export const sphere: TestFunction = shifted([1.4, -2.2], {
  name: 'sphere-2',
  box: cube(2, [-5.12, 5.12]),
  minimum: { value: 0, at: [0, 0] },
  value: (x) => sum(x, (coordinate) => coordinate ** 2),
});

/** Branin: three equal minima in a curved valley (Branin, IBM Journal of Research and Development 16, 1972). */
export const branin: TestFunction = overBox({
  name: 'branin',
  box: [
    [-5, 10],
    [0, 15],
  ],
  minimum: { value: 0.397887, at: [Math.PI, 2.275] },
  value: ([x = 0, y = 0]) => {
    const valley = y - (5.1 / (4 * Math.PI ** 2)) * x ** 2 + (5 / Math.PI) * x - 6;
    return valley ** 2 + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x) + 10;
  },
});

/** Six-hump camel: two global minima among six (Dixon and Szegő, "Towards Global Optimisation 2", 1978). */
export const sixHumpCamel: TestFunction = overBox({
  name: 'six-hump-camel',
  box: [
    [-3, 3],
    [-2, 2],
  ],
  minimum: { value: -1.031628, at: [0.0898, -0.7126] },
  value: ([x = 0, y = 0]) => camel(x, y),
});

/** The formula of the six-hump camel. */
export function camel(x: number, y: number): number {
  return (4 - 2.1 * x ** 2 + x ** 4 / 3) * x ** 2 + x * y + (4 * y ** 2 - 4) * y ** 2;
}

/** Goldstein–Price: values over six orders of magnitude (Goldstein and Price, Mathematics of Computation 25, 1971). */
export const goldsteinPrice: TestFunction = overBox({
  name: 'goldstein-price',
  box: cube(2, [-2, 2]),
  minimum: { value: 3, at: [0, -1] },
  value: ([x = 0, y = 0]) => {
    const first = 1 + (x + y + 1) ** 2 * (19 - 14 * x + 3 * x ** 2 - 14 * y + 6 * x * y + 3 * y ** 2);
    const second = 30 + (2 * x - 3 * y) ** 2 * (18 - 32 * x + 12 * x ** 2 + 48 * y - 36 * x * y + 27 * y ** 2);
    return first * second;
  },
});

const unit: Interval = [0, 1];
const heights = [1, 1.2, 3, 3.2];

/** Hartmann in three dimensions: four valleys, one the deepest (Hartman, 1973; Dixon and Szegő, 1978). */
export const hartmann3: TestFunction = overBox({
  name: 'hartmann-3',
  box: cube(3, unit),
  minimum: { value: -3.86278, at: [0.114614, 0.555649, 0.852547] },
  value: hartmann(
    [
      [3, 10, 30],
      [0.1, 10, 35],
      [3, 10, 30],
      [0.1, 10, 35],
    ],
    [
      [0.3689, 0.117, 0.2673],
      [0.4699, 0.4387, 0.747],
      [0.1091, 0.8732, 0.5547],
      [0.0381, 0.5743, 0.8828],
    ],
  ),
});

/** Hartmann in six dimensions (as in three). */
export const hartmann6: TestFunction = overBox({
  name: 'hartmann-6',
  box: cube(6, unit),
  minimum: { value: -3.32237, at: [0.20169, 0.150011, 0.476874, 0.275332, 0.311652, 0.6573] },
  value: hartmann(
    [
      [10, 3, 17, 3.5, 1.7, 8],
      [0.05, 10, 17, 0.1, 8, 14],
      [3, 3.5, 1.7, 10, 17, 8],
      [17, 8, 0.05, 10, 0.1, 14],
    ],
    [
      [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886],
      [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
      [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.665],
      [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
    ],
  ),
});

/** @param steepness matrix A of the source, one row a valley; @param centers its matrix P */
function hartmann(steepness: readonly (readonly number[])[], centers: readonly (readonly number[])[]): (x: readonly number[]) => number {
  return (x) =>
    -sum(heights, (height, valley) => {
      const exponent = sum(x, (coordinate, index) => {
        const distance = coordinate - (centers[valley]?.[index] ?? Number.NaN);
        return (steepness[valley]?.[index] ?? Number.NaN) * distance ** 2;
      });
      return height * Math.exp(-exponent);
    });
}
