/** Reads the text of an option as a whole number. @throws Error if it is none, or below the least */
export function wholeNumber(option: string, text: string, least: number): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < least) throw new Error(`--${option} takes a whole number from ${least} on, got ${text}`);
  return value;
}
