import { createHash, type Hash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { canonicalText } from '../../shared/digest.ts';

/** Lists and objects are taken apart down to here: the trials of the parts of a campaign are in the fifth. */
const deepest = 5;
/** Pieces between two pauses: few milliseconds of work. */
const piecesAtOnce = 100;

/**
 * SHA-256 in lower-case hexadecimal of the canonical text of a value, equal to `digestOf`. The text is built and hashed in pieces;
 * yields to the event loop between them.
 */
export async function piecewiseDigestOf(value: unknown): Promise<string> {
  const hash: Hash = createHash('sha256');
  let count = 0;
  for (const piece of piecesOf(value, deepest)) {
    hash.update(piece);
    count += 1;
    if (count % piecesAtOnce === 0) await setImmediate();
  }
  return hash.digest('hex');
}

function* piecesOf(value: unknown, levels: number): Generator<string> {
  if (levels === 0 || typeof value !== 'object' || value === null) yield canonicalText(value);
  else if (Array.isArray(value)) yield* listPieces(value, levels - 1);
  else yield* objectPieces(value, levels - 1);
}

function* listPieces(items: readonly unknown[], levels: number): Generator<string> {
  yield '[';
  for (const [index, item] of items.entries()) {
    if (index > 0) yield ',';
    yield* piecesOf(item, levels);
  }
  yield ']';
}

/** Members in the order of RFC 8785: by UTF-16 code units, as JavaScript compares texts. */
function* objectPieces(value: object, levels: number): Generator<string> {
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  members.sort(([one], [other]) => (one < other ? -1 : 1));
  yield '{';
  for (const [index, [name, member]] of members.entries()) {
    yield `${index === 0 ? '' : ','}${JSON.stringify(name)}:`;
    yield* piecesOf(member, levels);
  }
  yield '}';
}
