/** Eigenvalues and orthonormal eigenvectors of a symmetric matrix, in no particular order. */
export interface Eigen {
  readonly values: Float64Array;
  /** One after the other: row k is the eigenvector of `values[k]`. */
  readonly vectors: Float64Array;
}

/** Sweeps after which every matrix has long converged; usually 5 to 10 are needed. */
const mostSweeps = 60;
/** Off-diagonal entries this small beside their diagonal entries are rounding errors. */
const negligible = 1e-16;

/**
 * The eigendecomposition of a symmetric matrix by cyclic Jacobi rotations (Golub and Van Loan, "Matrix Computations", section 8.5). It computes
 * with the four operations and square roots alone, so that it gives the same bits on every machine.
 *
 * @param matrix row-major, `size` × `size`; only its lower triangle is read
 */
export function eigenOf(matrix: Float64Array, size: number): Eigen {
  const work = symmetric(matrix, size);
  const vectors = new Float64Array(size * size);
  for (let index = 0; index < size; index += 1) vectors[index * size + index] = 1;
  for (let sweep = 0; sweep < mostSweeps; sweep += 1) {
    let rotated = false;
    for (let row = 1; row < size; row += 1) {
      for (let column = 0; column < row; column += 1) {
        if (isNegligible(work, size, row, column)) continue;
        rotate(work, vectors, size, row, column);
        rotated = true;
      }
    }
    if (!rotated) break;
  }
  return { values: Float64Array.from({ length: size }, (_, index) => work[index * size + index] as number), vectors };
}

function symmetric(matrix: Float64Array, size: number): Float64Array {
  const full = Float64Array.from(matrix);
  for (let row = 0; row < size; row += 1)
    for (let column = row + 1; column < size; column += 1) full[row * size + column] = matrix[column * size + row] as number;
  return full;
}

function isNegligible(work: Float64Array, size: number, row: number, column: number): boolean {
  const off = work[row * size + column] as number;
  const product = (work[row * size + row] as number) * (work[column * size + column] as number);
  return off === 0 || Math.abs(off) <= negligible * Math.sqrt(Math.abs(product));
}

/** Rotates two axes so that the entry that couples them becomes 0. */
function rotate(work: Float64Array, vectors: Float64Array, size: number, p: number, q: number): void {
  const off = work[p * size + q] as number;
  const [atP, atQ] = [work[p * size + p] as number, work[q * size + q] as number];
  const theta = (atQ - atP) / (2 * off);
  const tangent = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const cosine = 1 / Math.sqrt(tangent * tangent + 1);
  const sine = tangent * cosine;
  turn(vectors, size, { p, q, cosine, sine });
  turn(work, size, { p, q, cosine, sine });
  for (let index = 0; index < size; index += 1) {
    work[index * size + p] = work[p * size + index] as number;
    work[index * size + q] = work[q * size + index] as number;
  }
  work[p * size + p] = atP - tangent * off;
  work[q * size + q] = atQ + tangent * off;
  work[p * size + q] = 0;
  work[q * size + p] = 0;
}

/** Turns two rows of a matrix. */
function turn(
  matrix: Float64Array,
  size: number,
  { p, q, cosine, sine }: { readonly p: number; readonly q: number; readonly cosine: number; readonly sine: number },
): void {
  for (let atP = p * size, atQ = q * size, left = size; left > 0; left -= 1, atP += 1, atQ += 1) {
    const x = matrix[atP] as number;
    const y = matrix[atQ] as number;
    matrix[atP] = cosine * x - sine * y;
    matrix[atQ] = sine * x + cosine * y;
  }
}

/** The symmetric matrix with these eigenvectors and other eigenvalues: B · diag(values) · Bᵀ, the eigenvectors being the columns of B. */
export function composed(vectors: Float64Array, values: Float64Array, size: number): Float64Array {
  const matrix = new Float64Array(size * size);
  for (let k = 0; k < size; k += 1) {
    for (let row = 0; row < size; row += 1) {
      const scaled = (values[k] as number) * (vectors[k * size + row] as number);
      for (let column = 0; column <= row; column += 1)
        matrix[row * size + column] = (matrix[row * size + column] as number) + scaled * (vectors[k * size + column] as number);
    }
  }
  return symmetric(matrix, size);
}

/** The product of a row-major square matrix and a vector. */
export function times(matrix: Float64Array, vector: Float64Array): Float64Array {
  const size = vector.length;
  const product = new Float64Array(size);
  for (let row = 0; row < size; row += 1) {
    let sum = 0;
    for (let column = 0; column < size; column += 1) sum += (matrix[row * size + column] as number) * (vector[column] as number);
    product[row] = sum;
  }
  return product;
}

/** The Euclidean length of a vector. */
export function lengthOf(vector: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < vector.length; index += 1) sum += (vector[index] as number) * (vector[index] as number);
  return Math.sqrt(sum);
}
