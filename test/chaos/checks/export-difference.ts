/** Describes the first difference of two JSON texts. */
export function firstDifference(wanted: string, found: string): string {
  return differenceAt('', JSON.parse(wanted), JSON.parse(found)) ?? 'only in how they are written';
}

/** Lists the trials of an export of a study or a campaign by part and number. */
export function trialNumbers(text: string): string[] {
  const document: unknown = JSON.parse(text);
  if (!isRecord(document)) return [];
  if (Array.isArray(document['trials'])) return numbersIn('', document['trials']);
  const parts: unknown[] = Array.isArray(document['parts']) ? document['parts'] : [];
  return parts.flatMap((part) => {
    if (!isRecord(part) || !isRecord(part['study']) || !Array.isArray(part['study']['trials'])) return [];
    return numbersIn(String(part['name']), part['study']['trials']);
  });
}

function numbersIn(part: string, trials: readonly unknown[]): string[] {
  return trials.map((trial) => `${part}#${isRecord(trial) ? String(trial['number']) : '?'}`);
}

function differenceAt(path: string, wanted: unknown, found: unknown): string | null {
  if (isRecord(wanted) && isRecord(found)) {
    for (const key of new Set([...Object.keys(wanted), ...Object.keys(found)])) {
      const difference = differenceAt(`${path}/${key}`, wanted[key], found[key]);
      if (difference !== null) return difference;
    }
    return null;
  }
  return Object.is(wanted, found) ? null : `${path || '/'} is ${shown(found)} and not ${shown(wanted)}`;
}

/** Also true for arrays, whose keys are their indices. */
function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? 'absent').slice(0, 200);
}
