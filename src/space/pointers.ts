/** Pointer to the names of all parameters of a study. */
export const allNames = '/searchSpace/*/name';

/** Pointer to the condition of a parameter of a study. */
export function conditionPointer(index: number): string {
  return `/searchSpace/${index}/when`;
}

/** Pointers to the members of a parameter of a study that decide which values it takes. */
export function rangePointers(index: number): string[] {
  return ['type', 'choices', 'low', 'high', 'step', 'scale'].map((key) => `/searchSpace/${index}/${key}`);
}
