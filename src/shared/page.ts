/** One page of a list, and the start of the next one. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Key of the last item if more items follow, else null. */
  readonly next: string | null;
}
