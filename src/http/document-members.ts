/** An object of the OpenAPI document, which is built by libraries and read without types. */
export type Members = Record<string, unknown>;

/** True for an object that is no list. */
export function isRecord(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The objects among the members of a value; none of a value that is no object. */
export function membersOf(value: unknown): Members[] {
  return isRecord(value) ? Object.values(value).filter(isRecord) : [];
}
