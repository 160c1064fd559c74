/**
 * Whether the header Accept prefers HTML to JSON (RFC 9110, section 12.5.1). Without a preference it is JSON: this is an API,
 * and only browsers ask for pages first.
 */
export function prefersHtml(accept: string | undefined): boolean {
  if (accept === undefined) return false;
  const ranges = accept.split(',').map(parseRange);
  return quality(ranges, 'text', 'html') > quality(ranges, 'application', 'json');
}

interface MediaRange {
  readonly type: string;
  readonly subtype: string;
  /** 0 … 1. */
  readonly quality: number;
}

function parseRange(text: string): MediaRange {
  const [range = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const [type = '', subtype = ''] = range.split('/');
  const weight = parameters.find((parameter) => parameter.startsWith('q='));
  const quality = weight === undefined ? 1 : Number(weight.slice(2));
  return { type, subtype, quality: quality >= 0 && quality <= 1 ? quality : 0 };
}

/** The most exact range that fits decides. */
function quality(ranges: readonly MediaRange[], type: string, subtype: string): number {
  const exactly = ranges.find((range) => range.type === type && range.subtype === subtype);
  const anyOfType = ranges.find((range) => range.type === type && range.subtype === '*');
  const any = ranges.find((range) => range.type === '*' && range.subtype === '*');
  return (exactly ?? anyOfType ?? any)?.quality ?? 0;
}
