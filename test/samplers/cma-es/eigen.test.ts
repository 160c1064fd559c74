import { expect, test } from 'vitest';
import { composed, eigenOf, times } from '../../../src/samplers/cma-es/eigen.ts';
import { randomStream } from '../../../src/shared/random.ts';

test('the eigenvalues of a matrix that is known in closed form', () => {
  // The second differences of a chain of n: 2 − 2 cos(k π / (n + 1)).
  const size = 8;
  const chain = Float64Array.from({ length: size * size }, (_, at) => {
    const apart = Math.abs(Math.floor(at / size) - (at % size));
    return apart === 0 ? 2 : apart === 1 ? -1 : 0;
  });
  const expected = Array.from({ length: size }, (_, index) => 2 - 2 * Math.cos(((index + 1) * Math.PI) / (size + 1)));
  const found = [...eigenOf(chain, size).values].sort((a, b) => a - b);
  for (const [index, value] of expected.entries()) expect(found[index]).toBeCloseTo(value, 13);
});

test.each([1, 2, 5, 20, 64])('eigenvectors are orthonormal, and compose the matrix again (%i dimensions, condition 10¹²)', (size) => {
  const stream = randomStream(3, 'matrix', size);
  const factor = Float64Array.from({ length: size * size }, (_, at) => stream.normal() * 10 ** (-6 * ((at % size) / size)));
  const matrix = new Float64Array(size * size);
  for (let row = 0; row < size; row += 1)
    for (let column = 0; column < size; column += 1)
      for (let k = 0; k < size; k += 1)
        matrix[row * size + column] = (matrix[row * size + column] ?? 0) + (factor[row * size + k] ?? 0) * (factor[column * size + k] ?? 0);
  const { values, vectors } = eigenOf(matrix, size);
  const again = composed(vectors, values, size);
  const largest = Math.max(...values);
  for (const [index, entry] of matrix.entries()) expect(Math.abs((again[index] ?? 0) - entry) / largest).toBeLessThan(1e-13);
  const identity = composed(vectors, new Float64Array(size).fill(1), size);
  for (const [index, entry] of identity.entries()) expect(entry).toBeCloseTo(index % (size + 1) === 0 ? 1 : 0, 12);
  const first = vectors.slice(0, size);
  for (const [index, entry] of times(matrix, first).entries())
    expect(Math.abs(entry - (values[0] ?? 0) * (first[index] ?? 0)) / largest).toBeLessThan(1e-13);
});
