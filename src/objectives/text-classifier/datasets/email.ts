import { htmlToText } from './html-text.ts';

/** Nesting depth to which parts are read. Deeper parts do not contain text written by a person. */
const maxDepth = 8;

/** The characters of windows-1252 for the bytes 0x80 … 0x9f (WHATWG Encoding Standard). Five of them are undefined and stay control characters. */
const windows1252 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';

const isAscii = /^[\0-\x7f]*$/;

/** Header fields by lower-case name, unfolded. The first of a repeated field counts. */
type Headers = ReadonlyMap<string, string>;

interface Part {
  readonly headers: Headers;
  readonly body: string;
}

/**
 * Extracts the text of an e-mail: its subject and its body as a reader would see them.
 *
 * No other header field is kept: they name mailing lists and mail servers, which reveal the class. Quoted-printable
 * and base64 are decoded, because they would break words ("famil=\ny") or hide them. Of a `multipart/alternative`, the
 * plain text is used if it contains any words, or else the HTML. HTML is reduced to its text. Parts that are not text
 * (images, signatures, archives) are left out. Malformed input is read as plain text.
 *
 * @param message a message of RFC 5322, optionally preceded by an mbox `From ` line
 */
export function emailText(message: string): string {
  const part = splitPart(message.replace(/\r\n/g, '\n').replace(/^From .*\n/, ''));
  return `${decodeWords(part.headers.get('subject') ?? '')}\n${partText(part, 0)}`;
}

function splitPart(text: string): Part {
  if (text.startsWith('\n')) return { headers: new Map(), body: text.slice(1) };
  const end = text.indexOf('\n\n');
  const head = end < 0 ? text : text.slice(0, end);
  return { headers: parseHeaders(head), body: end < 0 ? '' : text.slice(end + 2) };
}

function parseHeaders(head: string): Headers {
  const headers = new Map<string, string>();
  for (const line of head.replace(/\n[ \t]+/g, ' ').split('\n')) {
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(colon, 0)).trim().toLowerCase();
    if (name !== '' && !headers.has(name)) headers.set(name, line.slice(colon + 1).trim());
  }
  return headers;
}

function partText(part: Part, depth: number): string {
  const contentType = part.headers.get('content-type') ?? 'text/plain';
  const type = (/^[^;\s]+/.exec(contentType)?.[0] ?? 'text/plain').toLowerCase();
  const boundary = parameter(contentType, 'boundary');
  if (type.startsWith('multipart/') && boundary !== undefined && depth < maxDepth) {
    return multipartText(splitParts(part.body, boundary), type === 'multipart/alternative', depth + 1);
  }
  if (type === 'message/rfc822' && depth < maxDepth) return partText(splitPart(part.body), depth + 1);
  if (type === 'text/html') return htmlToText(decodeBody(part, contentType));
  // Old mailers write "text" alone, and a broken multipart is still mostly text.
  return type.startsWith('text') || type.startsWith('multipart/') ? decodeBody(part, contentType) : '';
}

function multipartText(parts: readonly Part[], alternative: boolean, depth: number): string {
  const texts = parts.map((part) => partText(part, depth)).filter((text) => /\p{L}/u.test(text));
  return alternative ? (texts[0] ?? '') : texts.join('\n');
}

/**
 * Splits a body at its delimiter lines (RFC 2046): two dashes and the boundary, at most followed by blanks. A line that continues
 * otherwise belongs to an inner multipart, whose boundary begins with this one. The text before the first delimiter is for readers
 * without MIME support; it is dropped, and so is what follows the last one.
 */
function splitParts(body: string, boundary: string): Part[] {
  const parts: string[][] = [];
  for (const line of body.split('\n')) {
    const end = line.startsWith(`--${boundary}`) ? line.slice(2 + boundary.length).trimEnd() : null;
    if (end === '--') break;
    if (end === '') parts.push([]);
    else parts.at(-1)?.push(line);
  }
  return parts.map((lines) => splitPart(lines.join('\n')));
}

function parameter(field: string, name: string): string | undefined {
  const match = new RegExp(`;\\s*${name}\\s*=\\s*(?:"([^"]*)"|([^;\\s]+))`, 'i').exec(field);
  return match?.[1] ?? match?.[2];
}

function decodeBody({ headers, body }: Part, contentType: string): string {
  const charset = parameter(contentType, 'charset') ?? 'us-ascii';
  const encoding = (headers.get('content-transfer-encoding') ?? '').toLowerCase();
  if (encoding === 'base64') return decodeBytes(Buffer.from(body, 'base64'), charset);
  if (encoding === 'quoted-printable') return decodeQuoted(body.replace(/=[ \t]*\n/g, ''), charset);
  // The text of a message is decoded already, except for a character set that hides in ASCII.
  return decoderFor(charset)?.encoding === 'iso-2022-jp' ? decodeBytes(Buffer.from(body), charset) : body;
}

/**
 * Decodes quoted-printable text. A byte of a character may be written as itself, so ASCII is decoded as a whole. Other text is
 * decoded already, except for its runs of `=XX`.
 */
function decodeQuoted(text: string, charset: string): string {
  if (isAscii.test(text)) return decodeBytes(quotedBytes(text), charset);
  return text.replace(/(?:=[0-9a-f]{2})+/gi, (run) => decodeBytes(quotedBytes(run), charset));
}

function quotedBytes(text: string): Buffer {
  return Buffer.from(
    text.replace(/=([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );
}

/** Decodes the encoded words of RFC 2047 within a header field. */
function decodeWords(field: string): string {
  return field.replace(/\?=\s+=\?/g, '?==?').replace(/(?:=\?[^?\s]+\?[bq]\?[ ->@-~]*\?=)+/gi, decodeRun);
}

/**
 * Decodes neighbouring words, `=?charset?Q?text?=` or `=?charset?B?text?=`. Those of one character set are decoded together, because
 * mailers split characters between them. Words of ISO-2022-JP each begin in ASCII.
 */
function decodeRun(run: string): string {
  const groups: { charset: string; words: Buffer[] }[] = [];
  for (const [, name = '', encoding = '', text = ''] of run.matchAll(/=\?([^?\s]+)\?([bq])\?([ ->@-~]*)\?=/gi)) {
    const charset = name.toLowerCase();
    const word = encoding.toLowerCase() === 'b' ? Buffer.from(text, 'base64') : quotedBytes(text.replaceAll('_', ' '));
    const last = groups.at(-1);
    if (last?.charset === charset && !charset.startsWith('iso-2022')) last.words.push(word);
    else groups.push({ charset, words: [word] });
  }
  return groups.map(({ charset, words }) => decodeBytes(Buffer.concat(words), charset)).join('');
}

/** Decodes bytes. Spam names encodings that do not exist ("DEFAULT_CHARSET"); these are decoded as windows-1252. */
function decodeBytes(bytes: Uint8Array, charset: string): string {
  const decoder = decoderFor(charset);
  return decoder === null || decoder.encoding === 'windows-1252' ? decodeWindows1252(bytes) : decoder.decode(bytes);
}

function decoderFor(charset: string) {
  try {
    return new TextDecoder(charset.trim());
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/**
 * Decodes windows-1252, which browsers use for Latin-1 and ASCII, with quotes and dashes in place of Latin-1's control
 * characters. Uses our own table, because the decoder of Node.js 20 keeps the control characters and that of 22 does not,
 * and a dataset must be the same on both.
 */
function decodeWindows1252(bytes: Uint8Array): string {
  const latin1 = Buffer.from(bytes).toString('latin1');
  return latin1.replace(/[\x80-\x9f]/g, (control) => windows1252[control.charCodeAt(0) - 0x80] as string);
}
