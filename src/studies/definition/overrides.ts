/**
 * A definition with some keys replaced. The values of the keys in `merged` are merged key by key, unless theirs is of
 * another `type`: that one replaces them whole.
 *
 * @param overrides any keys, unchecked
 * @returns a new object; `base` stays as it was
 */
export function overridden(
  base: Readonly<Record<string, unknown>>,
  overrides: Readonly<Record<string, unknown>>,
  merged: readonly string[],
): Record<string, unknown> {
  const result = { ...base };
  for (const [key, value] of Object.entries(overrides)) result[key] = merged.includes(key) ? mergedPart(result[key], value) : value;
  return result;
}

/** True if an override has another `type` than the value that it overrides. */
export function isOtherType(base: unknown, override: unknown): boolean {
  return isObject(base) && isObject(override) && 'type' in override && override['type'] !== base['type'];
}

/** True if a value is an object with keys. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function mergedPart(base: unknown, override: unknown): unknown {
  if (!isObject(base) || !isObject(override) || isOtherType(base, override)) return override;
  return { ...base, ...override };
}
