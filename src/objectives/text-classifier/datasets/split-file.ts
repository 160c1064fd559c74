import { endianness } from 'node:os';
import { invariant } from '../../../shared/errors.ts';
import type { Split } from './split.ts';

/** Size of the header: the number of rows and the number of tokens, 32 bits each. */
const headerBytes = 8;

/**
 * Encodes a split as bytes, little-endian: rows and tokens (uint32 each), offsets (uint32, rows + 1), tokens (uint16),
 * labels (uint8). The widest numbers are first, so that each array is aligned and can be read in place.
 */
export function encodeSplit(split: Split): Uint8Array {
  requireLittleEndian();
  const header = Uint32Array.of(split.size, split.tokens.length);
  return Buffer.concat([header, split.offsets, split.tokens, split.labels].map(bytesOf));
}

/**
 * Decodes a split with a single copy of its bytes. The caller has checked their digest, so only the lengths are checked
 * here, to prevent reads beyond the end.
 *
 * @throws RangeError when the number of bytes does not match the header
 */
export function decodeSplit(bytes: Uint8Array): Split {
  requireLittleEndian();
  if (bytes.length < headerBytes) throw new RangeError(`a split file has at least ${headerBytes} bytes, got ${bytes.length}`);
  // A copy at the start of its own memory, because the input may be unaligned.
  const memory = new Uint8Array(bytes).buffer;
  const [size = 0, tokens = 0] = new Uint32Array(memory, 0, 2);
  const tokensAt = headerBytes + 4 * (size + 1);
  const labelsAt = tokensAt + 2 * tokens;
  if (bytes.length !== labelsAt + size)
    throw new RangeError(`expected ${labelsAt + size} bytes for ${size} rows and ${tokens} tokens, got ${bytes.length}`);
  return {
    size,
    offsets: new Uint32Array(memory, headerBytes, size + 1),
    tokens: new Uint16Array(memory, tokensAt, tokens),
    labels: new Uint8Array(memory, labelsAt, size),
  };
}

function bytesOf(array: Uint8Array | Uint16Array | Uint32Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

function requireLittleEndian(): void {
  invariant(endianness() === 'LE', 'prepared datasets are little-endian, so the processor must be too');
}
