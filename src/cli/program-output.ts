import type { Completion, MeasuredValues, Report } from '../client/trials.ts';

/** Numbers as Python writes them, which JSON has no word for. Texts are matched first, so that nothing inside them is changed. */
const pythonNumbers = /"(?:[^"\\]|\\.)*"|-?Infinity\b|\bNaN\b/g;

/** Parses JSON, with NaN and Infinity as Python writes them. @returns undefined if it is not JSON */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text.replace(pythonNumbers, (match) => (match.startsWith('"') ? match : `"${match}"`)));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isMeasured(value: unknown): value is MeasuredValues[string] {
  return typeof value === 'number' || value === null || value === 'NaN' || value === 'Infinity' || value === '-Infinity';
}

/**
 * Reads a line as a report: a JSON object with a step and at least one other number. Other members are ignored.
 *
 * @returns null for any other line
 */
export function reportOf(line: string): Report | null {
  if (!/^\s*\{/.test(line)) return null;
  const object = parsed(line);
  if (!isObject(object)) return null;
  const { step, checkpoint, ...rest } = object;
  if (typeof step !== 'number' || !Number.isSafeInteger(step) || step < 1) return null;
  const values = Object.entries(rest).filter((entry): entry is [string, MeasuredValues[string]] => isMeasured(entry[1]));
  if (values.length === 0) return null;
  return { step, values: Object.fromEntries(values), ...(typeof checkpoint === 'string' && checkpoint !== '' && { checkpoint }) };
}

/**
 * Reads the text of a result file: an object of numbers, or one with `values` and, if there are any, `checkpoint`, `attributes` and
 * `links`, which the service checks.
 *
 * @returns a text that says what is wrong
 */
export function resultOf(text: string): (Completion & { readonly values: MeasuredValues }) | string {
  const object = parsed(text);
  if (!isObject(object)) return 'it is not a JSON object';
  const whole = isObject(object['values']) ? object : { values: object };
  const { values, ...rest } = whole;
  if (!isObject(values)) return 'its values are not an object';
  const wrong = Object.entries(values).find(([, value]) => !isMeasured(value));
  if (wrong) return `the value ${wrong[0]} is not a number: ${JSON.stringify(wrong[1])?.slice(0, 100)}`;
  return { ...rest, values: values as MeasuredValues }; // checked above
}
