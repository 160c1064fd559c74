/** Name of the part that crosses the finalists. */
export const finalGridName = 'final-grid';
/** Name of the part that measures the evaluated configurations as the final trains. */
export const testName = 'test';

/**
 * Name of a part that trains the evaluated configurations again.
 *
 * @param repeat from 1
 */
export function repeatName(repeat: number): string {
  return `repeat-${repeat}`;
}

/** True if a part after the search has this name, or may have: it is not allowed for a search study of a campaign. */
export function isReservedName(name: string): boolean {
  return name === finalGridName || name === testName || /^repeat-\d+$/.test(name);
}

/** UTF-16 code units that the name of a study may have. */
const longestName = 200;

/** Name of a part's study: `<campaign> / <part>`, with the campaign's name cut if both are too long. */
export function partStudyName(campaignName: string, part: string): string {
  const suffix = ` / ${part}`;
  if (campaignName.length + suffix.length <= longestName) return campaignName + suffix;
  let cut = '';
  // By whole characters: half of a surrogate pair is no text.
  for (const character of campaignName) {
    if (cut.length + character.length + 1 + suffix.length > longestName) break;
    cut += character;
  }
  return `${cut}…${suffix}`;
}
