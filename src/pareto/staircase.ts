/**
 * The maxima of points in the plane: those that no other point reaches in both coordinates. They descend like a staircase: sorted by
 * ascending x, their y descend.
 */
export class Staircase {
  readonly #xs: number[] = [];
  readonly #ys: number[] = [];

  /** Tells whether some point is at least as far in both coordinates. O(log n) */
  covers(x: number, y: number): boolean {
    // The first point that reaches x is the highest of those that do.
    const height = this.#ys[this.#firstFrom(x)];
    return height !== undefined && height >= y;
  }

  /** Adds a point that is not covered. The points that it covers are removed. O(log n) comparisons, and the moves of an array */
  add(x: number, y: number): void {
    const end = this.#firstAbove(x);
    let begin = end;
    while (begin > 0 && this.#heightAt(begin - 1) <= y) begin -= 1;
    this.#xs.splice(begin, end - begin, x);
    this.#ys.splice(begin, end - begin, y);
  }

  /** The area between the origin and a point that no point covers yet. All coordinates are positive. */
  uncovered(x: number, y: number): number {
    let index = this.#firstFrom(x);
    let bottom = this.#ys[index] ?? 0;
    let right = x;
    let area = 0;
    // From right to left, the ground of the free area rises step by step until it reaches y.
    for (; bottom < y; index -= 1) {
      const left = this.#xs[index - 1] ?? 0;
      area += (right - left) * (y - bottom);
      if (index === 0) break;
      right = left;
      bottom = this.#heightAt(index - 1);
    }
    return area;
  }

  #heightAt(index: number): number {
    return this.#ys[index] ?? Number.NaN;
  }

  /** Index of the first point whose x is at least this one. */
  #firstFrom(x: number): number {
    let [low, high] = [0, this.#xs.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#xs[middle] ?? 0) < x) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Index of the first point whose x is greater than this one. */
  #firstAbove(x: number): number {
    const first = this.#firstFrom(x);
    return this.#xs[first] === x ? first + 1 : first;
  }
}
