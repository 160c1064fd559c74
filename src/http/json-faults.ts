import type { FaultRepresentation } from '../api/problem.ts';

const deepest = 32;
const mostNodes = 100_000;
const loneSurrogate = /\p{Surrogate}/u;

interface Place {
  readonly value: unknown;
  readonly pointer: string;
  readonly depth: number;
}

/**
 * What a parsed body holds that no schema should meet: numbers that became infinite, negative zeros, characters that
 * PostgreSQL cannot store or UTF-8 cannot say, keys that pollute prototypes, too much of it. In document order, with
 * JSON pointers (RFC 6901).
 */
export function jsonFaults(body: unknown): FaultRepresentation[] {
  const faults: FaultRepresentation[] = [];
  // A stack of its own: nesting may be as deep as the body is long.
  const open: Place[] = [{ value: body, pointer: '', depth: 0 }];
  for (let nodes = 1; ; nodes += 1) {
    const place = open.pop();
    if (!place) return faults;
    if (nodes > mostNodes) return [...faults, { pointer: '', detail: `has more than ${mostNodes} values` }];
    const { value, pointer, depth } = place;
    const detail = scalarFault(value);
    if (detail) faults.push({ pointer, detail });
    if (typeof value !== 'object' || value === null) continue;
    if (depth >= deepest) faults.push({ pointer, detail: `is nested deeper than ${deepest} levels` });
    else open.push(...membersOf(place, faults).reverse());
  }
}

/** A JSON pointer to a member. */
export function pointerTo(parent: string, key: string | number): string {
  return `${parent}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

function membersOf({ value, pointer, depth }: Place, faults: FaultRepresentation[]): Place[] {
  if (Array.isArray(value))
    return value.slice(0, mostNodes).map((item, index) => ({ value: item, pointer: pointerTo(pointer, index), depth: depth + 1 }));
  return Object.entries(value ?? {}).map(([key, member]) => {
    const place = { value: member, pointer: pointerTo(pointer, key), depth: depth + 1 };
    const detail = textFault(key) ?? keyFault(key, member);
    if (detail) faults.push({ pointer: place.pointer, detail: `its key ${detail}` });
    return place;
  });
}

function scalarFault(value: unknown): string | undefined {
  if (typeof value === 'string') return textFault(value);
  if (typeof value !== 'number') return undefined;
  if (!Number.isFinite(value)) return 'is too large for a double (IEEE 754)';
  return Object.is(value, -0) ? 'is a negative zero; write 0' : undefined;
}

function textFault(text: string): string | undefined {
  if (text.includes('\u0000')) return 'holds U+0000, which cannot be stored';
  return loneSurrogate.test(text) ? 'holds half a surrogate pair, which is no character' : undefined;
}

function keyFault(key: string, member: unknown): string | undefined {
  if (key === '__proto__') return 'is not allowed';
  const isPollution = key === 'constructor' && typeof member === 'object' && member !== null && Object.hasOwn(member, 'prototype');
  return isPollution ? 'is not allowed with a prototype in it' : undefined;
}
