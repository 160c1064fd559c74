/**
 * Dense linear algebra of the model, on row-major `Float64Array`s. A search spends most of its time here, in sums of products; four of
 * them run side by side, because one alone waits for its own additions.
 */

/** The sum of products of two runs of numbers. */
export function dot(left: Float64Array, leftFrom: number, right: Float64Array, rightFrom: number, count: number): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let at = 0;
  for (; at + 3 < count; at += 4) {
    a += (left[leftFrom + at] as number) * (right[rightFrom + at] as number);
    b += (left[leftFrom + at + 1] as number) * (right[rightFrom + at + 1] as number);
    c += (left[leftFrom + at + 2] as number) * (right[rightFrom + at + 2] as number);
    d += (left[leftFrom + at + 3] as number) * (right[rightFrom + at + 3] as number);
  }
  for (; at < count; at += 1) a += (left[leftFrom + at] as number) * (right[rightFrom + at] as number);
  return a + b + (c + d);
}

/**
 * Replaces the lower triangle of a symmetric matrix by its Cholesky factor L, A = L·Lᵀ. The upper triangle is neither read nor changed.
 *
 * @returns false if the matrix is not positive definite; its lower triangle is then partly replaced
 */
export function factorise(matrix: Float64Array, size: number): boolean {
  for (let row = 0; row < size; row += 1) {
    const start = row * size;
    for (let column = 0; column < row; column += 1) {
      const other = column * size;
      const rest = (matrix[start + column] as number) - dot(matrix, start, matrix, other, column);
      matrix[start + column] = rest / (matrix[other + column] as number);
    }
    const pivot = (matrix[start + row] as number) - dot(matrix, start, matrix, start, row);
    if (!(pivot > 0 && Number.isFinite(pivot))) return false;
    matrix[start + row] = Math.sqrt(pivot);
  }
  return true;
}

/** Writes the transposed inverse of a Cholesky factor, an upper triangle, into `inverse`; what is below its diagonal keeps its values. */
export function invertTransposed(factor: Float64Array, size: number, inverse: Float64Array): void {
  for (let column = 0; column < size; column += 1) {
    const start = column * size;
    inverse[start + column] = 1 / (factor[start + column] as number);
    for (let row = column + 1; row < size; row += 1) {
      const known = dot(factor, row * size + column, inverse, start + column, row - column);
      inverse[start + row] = -known / (factor[row * size + row] as number);
    }
  }
}

/** Solves L·Lᵀ·x = b; returns x. */
export function solve(factor: Float64Array, size: number, right: Float64Array): Float64Array {
  const solution = Float64Array.from(right);
  for (let row = 0; row < size; row += 1) {
    const rest = (solution[row] as number) - dot(factor, row * size, solution, 0, row);
    solution[row] = rest / (factor[row * size + row] as number);
  }
  for (let row = size - 1; row >= 0; row -= 1) {
    const value = (solution[row] as number) / (factor[row * size + row] as number);
    solution[row] = value;
    for (let before = 0; before < row; before += 1)
      solution[before] = (solution[before] as number) - (factor[row * size + before] as number) * value;
  }
  return solution;
}

/** The lower triangle that is the transpose of an upper one. */
export function transposedUpper(matrix: Float64Array, size: number): Float64Array {
  const result = new Float64Array(size * size);
  for (let row = 0; row < size; row += 1) {
    for (let column = row; column < size; column += 1) result[column * size + row] = matrix[row * size + column] as number;
  }
  return result;
}
