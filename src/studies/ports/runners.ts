/** Runners seen lately, counted for one objective and version. */
export interface RunnersFor {
  readonly alive: number;
  /** Those of them that can evaluate it. */
  readonly able: number;
  /** Those of them that have its code and noted that they cannot evaluate it, because a library is missing for example. */
  readonly unable: number;
}
