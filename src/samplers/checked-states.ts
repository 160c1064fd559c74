import type { z } from 'zod';

/** Reads the states of one sampler. */
export interface CheckedStates<State> {
  /** @throws ZodError if the state is not the sampler's */
  read(state: unknown): State;
  /** Takes a state that the sampler itself made for checked. */
  made(state: State): State;
}

/** The states of each schema that were checked, with what was read of them. They end with the object that holds them. */
const checkedOf = new WeakMap<object, WeakMap<object, unknown>>();

/**
 * Checks each state once: that of a generation of 1,000 members with 64 parameters takes some 50 ms, and a step of a study reads it several
 * times. Nothing changes a state, so that an object that was checked remains right.
 */
export function checkedStates<State>(schema: z.ZodType<State>): CheckedStates<State> {
  const checked = checkedOf.get(schema) ?? new WeakMap<object, unknown>();
  checkedOf.set(schema, checked);
  const keep = (state: unknown, parsed: State): State => {
    for (const each of [state, parsed]) if (typeof each === 'object' && each !== null) checked.set(each, parsed);
    return parsed;
  };
  return {
    // Each of the states that are kept was parsed by this schema, or made by its sampler.
    read: (state) => (isKept(checked, state) ? (checked.get(state) as State) : keep(state, schema.parse(state))),
    made: (state) => keep(state, state),
  };
}

function isKept(checked: WeakMap<object, unknown>, state: unknown): state is object {
  return typeof state === 'object' && state !== null && checked.has(state);
}
