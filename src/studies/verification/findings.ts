import type { Difference } from './difference.ts';

/** Limit of reported differences: more would not help anyone. */
export const differencesAtMost = 100;

/** Collects differences, one per place: the first one found is kept, because it is the most informative. */
export interface Findings {
  readonly differences: readonly Difference[];
  add(...differences: readonly Difference[]): void;
  /** True if a difference was found at a place, or in a part of it. */
  has(where: string): boolean;
  /** No more is taken. */
  full(): boolean;
}

/** Nothing found yet. */
export function newFindings(): Findings {
  const found = new Map<string, Difference>();
  const inside = new Set<string>();
  const full = (): boolean => found.size >= differencesAtMost;
  return {
    get differences() {
      return [...found.values()];
    },
    add: (...differences) => {
      for (const difference of differences) {
        if (full() || found.has(difference.where)) continue;
        found.set(difference.where, difference);
        const parts = difference.where.split('/');
        for (let length = 1; length <= parts.length; length += 1) inside.add(parts.slice(0, length).join('/'));
      }
    },
    has: (where) => inside.has(where),
    full,
  };
}
