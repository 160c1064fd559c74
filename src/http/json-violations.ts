import type { ViolationRepresentation } from '../api/problem.ts';
import { pointerTo } from '../shared/json-pointer.ts';
import { valueLimits } from './body-limits.ts';

const deepest = 32;
const loneSurrogate = /\p{Surrogate}/u;

/** Limits of the content of a body. */
export interface JsonLimits {
  /** Largest number of values of any kind, nested ones included. */
  readonly values: number;
}

/** Limits for study and campaign definitions, above what a real one needs. */
export const definitionLimits: JsonLimits = { values: valueLimits.definition };

/** Position of a value. The pointer is built from it only if there is a violation. */
interface Place {
  readonly parent: Place | null;
  readonly key: string | number;
  readonly depth: number;
}

/** State of the check of one body. */
interface Look {
  readonly limits: JsonLimits;
  readonly violations: ViolationRepresentation[];
  seen: number;
}

const root: Place = { parent: null, key: '', depth: 0 };

/**
 * Finds values in a parsed body that no schema should have to handle: numbers that became infinite, negative zeros, characters that
 * PostgreSQL cannot store or UTF-8 cannot encode, keys that pollute prototypes. Too many values are a violation too. Returns the
 * violations in document order, with JSON pointers (RFC 6901).
 */
export function jsonViolations(body: unknown, limits: JsonLimits = definitionLimits): ViolationRepresentation[] {
  const look: Look = { limits, violations: [], seen: 0 };
  lookAt(body, root, look);
  if (look.seen > limits.values) look.violations.push({ pointer: '', detail: `has more than ${limits.values} values` });
  return look.violations;
}

function pointerOf({ parent, key }: Place): string {
  return parent === null ? '' : pointerTo(pointerOf(parent), key);
}

/** Checks a value and, recursively, its members, down to the depth `deepest`. */
function lookAt(value: unknown, place: Place, look: Look): void {
  look.seen += 1;
  if (look.seen > look.limits.values) return;
  const detail = scalarViolation(value);
  if (detail) look.violations.push({ pointer: pointerOf(place), detail });
  if (typeof value !== 'object' || value === null) return;
  if (place.depth >= deepest) look.violations.push({ pointer: pointerOf(place), detail: `is nested deeper than ${deepest} levels` });
  else lookInto(value, place, look);
}

function lookInto(value: object, place: Place, look: Look): void {
  const within = (key: string | number): Place => ({ parent: place, key, depth: place.depth + 1 });
  const entries: Iterable<readonly [string | number, unknown]> = Array.isArray(value) ? value.entries() : Object.entries(value);
  if (!Array.isArray(value)) look.violations.push(...keyViolations(value, within));
  for (const [key, member] of entries) {
    if (look.seen > look.limits.values) return;
    lookAt(member, within(key), look);
  }
}

function keyViolations(value: object, within: (key: string) => Place): ViolationRepresentation[] {
  const violations: ViolationRepresentation[] = [];
  for (const [key, member] of Object.entries(value)) {
    const detail = textViolation(key) ?? keyViolation(key, member);
    if (detail) violations.push({ pointer: pointerOf(within(key)), detail: `its key ${detail}` });
  }
  return violations;
}

function scalarViolation(value: unknown): string | undefined {
  if (typeof value === 'string') return textViolation(value);
  if (typeof value !== 'number') return undefined;
  if (!Number.isFinite(value)) return 'is too large for a double (IEEE 754)';
  return Object.is(value, -0) ? 'is a negative zero; write 0' : undefined;
}

function textViolation(text: string): string | undefined {
  if (text.includes('\u0000')) return 'contains U+0000, which cannot be stored';
  return loneSurrogate.test(text) ? 'contains half a surrogate pair, which is not a character' : undefined;
}

function keyViolation(key: string, member: unknown): string | undefined {
  if (key === '__proto__') return 'is not allowed';
  const isPollution = key === 'constructor' && typeof member === 'object' && member !== null && Object.hasOwn(member, 'prototype');
  return isPollution ? 'is not allowed with a prototype in it' : undefined;
}
