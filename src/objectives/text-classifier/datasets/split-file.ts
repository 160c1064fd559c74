import { endianness } from 'node:os';
import { invariant } from '../../../shared/errors.ts';
import type { Split } from './split.ts';

/** Bytes before the arrays: the count of rows and the count of tokens, each 32 bits. */
const HEADER_BYTES = 8;

/**
 * A split as bytes, little-endian: rows and tokens (uint32 each), offsets (uint32, rows + 1), tokens (uint16), labels
 * (uint8). The widest numbers come first, so that each array is aligned and can be read in place.
 */
export function encodeSplit(split: Split): Uint8Array {
  requireLittleEndian();
  const header = Uint32Array.of(split.size, split.tokens.length);
  return Buffer.concat([header, split.offsets, split.tokens, split.labels].map(bytesOf));
}

/**
 * A split from its bytes, without copying them more than once. The caller has checked their digest: here only what would
 * read outside the bytes is looked at.
 *
 * @throws RangeError when the bytes are not as many as the header says
 */
export function decodeSplit(bytes: Uint8Array): Split {
  requireLittleEndian();
  if (bytes.length < HEADER_BYTES) throw new RangeError(`a split file has at least ${HEADER_BYTES} bytes, got ${bytes.length}`);
  // A copy at the start of its own memory, whatever the alignment of the bytes that came in.
  const memory = new Uint8Array(bytes).buffer;
  const [size = 0, tokens = 0] = new Uint32Array(memory, 0, 2);
  const tokensAt = HEADER_BYTES + 4 * (size + 1);
  const labelsAt = tokensAt + 2 * tokens;
  if (bytes.length !== labelsAt + size)
    throw new RangeError(`expected ${labelsAt + size} bytes for ${size} rows and ${tokens} tokens, got ${bytes.length}`);
  return {
    size,
    offsets: new Uint32Array(memory, HEADER_BYTES, size + 1),
    tokens: new Uint16Array(memory, tokensAt, tokens),
    labels: new Uint8Array(memory, labelsAt, size),
  };
}

function bytesOf(array: Uint8Array | Uint16Array | Uint32Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

function requireLittleEndian(): void {
  invariant(endianness() === 'LE', 'prepared datasets are little-endian, and so must be the processor');
}
