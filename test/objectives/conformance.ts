import { expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import type { Job } from '../../src/objectives/contract.ts';
import { type ObjectiveOptions, objectiveFor, objectiveSchema, objectives } from '../../src/objectives/table.ts';
import { canonicalText } from '../../src/shared/digest.ts';
import type { Configuration } from '../../src/space/configuration.ts';
import { searchSpaceSchema } from '../../src/space/schema.ts';

/** A study's objective, and a space and two configurations of it. */
export interface ObjectiveSample {
  readonly options: Record<string, unknown>;
  readonly space: readonly Record<string, unknown>[];
  readonly configurations: readonly [Configuration, Configuration];
}

/** The promises that every objective keeps. A new one is one call. */
export function objectiveConformance(name: string, sample: ObjectiveSample): void {
  const options = (): ObjectiveOptions => objectiveSchema.parse({ type: name, ...sample.options });
  const bound = () => objectiveFor(options());
  const space = searchSpaceSchema.parse(sample.space);
  const request = (parameters: Configuration, differences = {}) => ({ seed: 7, parameters, evaluate: false, ...differences });

  it('has one row in the table, under the name that its options carry', () => {
    const rows = Object.values(objectives).filter((row) => row.name === name);
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ name, version: expect.any(Number), summary: expect.stringMatching(/^[A-Z].+\.$/) });
    expect(bound()).toMatchObject({ name, version: rows[0]?.version });
  });

  it('names each value once, says what it is, and has one that can be optimised', () => {
    const values = bound().values();
    expect(new Set(values.map((value) => value.name)).size).toBe(values.length);
    expect(values.some(({ direction }) => direction !== null)).toBe(true);
    for (const { text } of values) expect(text).toMatch(/^[A-Z].+\.$/);
  });

  it('names the options that fix its task, if it knows them', () => {
    const task = bound().task();
    for (const [option, value] of Object.entries(task ?? {}))
      expect([option, value]).toEqual([expect.stringMatching(/^\w+$/), expect.anything()]);
    expect(objectiveFor(options()).task()).toEqual(task);
  });

  it('refuses an option that it does not know', () => {
    expect(objectiveSchema.safeParse({ type: name, ...sample.options, colour: 'red' }).success).toBe(false);
  });

  it('keeps its options when they are read again', () => {
    expect(objectiveSchema.parse(JSON.parse(JSON.stringify(options())))).toEqual(options());
  });

  it('accepts its space, and points at a parameter that it does not know if runners evaluate it', () => {
    expect(bound().check(space)).toEqual([]);
    const more = searchSpaceSchema.parse([...sample.space, { type: 'int', name: 'noSuchParameter', low: 1, high: 2 }]);
    const [violation, ...others] = bound().check(more);
    if (bound().evaluatedBy === 'client') return expect([violation, ...others]).toEqual([undefined]);
    expect([violation?.pointer, others]).toEqual([`/searchSpace/${sample.space.length}/name`, []]);
    expect(violation?.detail).toContain('noSuchParameter');
  });

  it('makes the same job of the same request, as JSON that keeps its text', () => {
    const [first] = sample.configurations;
    const job = bound().job(request(first));
    expect(bound().job(request({ ...first }))).toEqual(job);
    expect(canonicalText(JSON.parse(JSON.stringify(job.payload)))).toBe(canonicalText(job.payload));
    expectTypeOf<null>().not.toExtend<Job['payload']>();
    expect(z.record(z.string(), z.json()).safeParse(job.payload).success).toBe(true);
    expect(job.steps).toBeGreaterThanOrEqual(1);
  });

  it('makes another job of another configuration, of another seed, and of one that is also evaluated', () => {
    const [first, second] = sample.configurations;
    const payload = (parameters: Configuration, differences = {}) => canonicalText(bound().job(request(parameters, differences)).payload);
    // A worker of a client gets the parameters of a trial, and no job.
    if (bound().evaluatedBy === 'client') return expect(payload(first)).toBe('{}');
    expect(payload(second)).not.toBe(payload(first));
    expect(payload(first, { seed: 8 })).not.toBe(payload(first));
    expect([false, true].map((evaluate) => bound().job(request(first, { evaluate })).evaluate)).toEqual([false, true]);
  });

  it('makes the same job if the earlier values are those of the configuration, and another one if they differ where they may', () => {
    const [first, second] = sample.configurations;
    const names = (bound().changeable ?? []).filter((name) => first[name] !== second[name]);
    const job = (values: Configuration): Job => {
      const parameters = Object.fromEntries(Object.entries(values).filter(([name]) => names.includes(name)));
      return bound().job(request(first, { earlierValues: [{ until: 1, parameters }] }));
    };
    expect(job(first)).toEqual(bound().job(request(first)));
    expect(canonicalText(job(second).payload) === canonicalText(job(first).payload)).toBe(names.length === 0);
  });

  it('shares an exclusion key between jobs that differ in their steps alone, where it has both', () => {
    const fidelity = bound().fidelity(space);
    const [first, second] = sample.configurations;
    const [one, other] = [bound().job(request(first)), bound().job(request(second))];
    if (one.exclusionKey === null || fidelity === null) return expect(other.exclusionKey === null || fidelity === null).toBe(true);
    const longer = bound().job(request({ ...first, [fidelity.parameter]: fidelity.most }));
    expect([longer.exclusionKey, longer.steps]).toEqual([one.exclusionKey, fidelity.most]);
    expect(other.exclusionKey).not.toBe(one.exclusionKey);
  });
}
