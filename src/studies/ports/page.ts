/** A page of a list, and where the next one starts. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Key of the last item where there are more, else null. */
  readonly next: string | null;
}
