/** Reads the text of an option as a whole number. @throws Error if it is none, or below the least */
export function wholeNumber(option: string, text: string, least: number): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!Number.isSafeInteger(value) || value < least)
    throw new Error(`--${option} takes a whole number from ${least} on, got ${text || 'nothing'}`);
  return value;
}

/** Reads the text of an option as whole numbers with commas between them. @throws Error if an item is not a whole number, or is below the least */
export function wholeNumbers(option: string, text: string, least: number): number[] {
  return text.split(',').map((part) => wholeNumber(option, part, least));
}
