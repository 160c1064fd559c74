import { expect, test } from 'vitest';
import { codeOf, earlierSamplers, samplerFor, samplerOptionsSchema, samplers } from '../../src/samplers/table.ts';

const problem = { space: [{ type: 'int', name: 'units', low: 1, high: 9, step: 1, scale: 'linear' }], direction: 'maximize' } as const;

test('the code of a sampler is looked up by its name and its version', () => {
  const codes = [
    { name: 'one', version: 1 },
    { name: 'one', version: 2 },
    { name: 'other', version: 1 },
  ];
  expect(codeOf(codes, 'one', 2)).toBe(codes[1]);
  expect(codeOf(codes, 'other', 1)).toBe(codes[2]);
  expect(codeOf(codes, 'other', 2)).toBeUndefined();
});

test.each(Object.values(samplers))(
  '$name is bound in its own version where that of a study is not here, and says so',
  ({ name, version }) => {
    const options = samplerOptionsSchema.parse(name === 'list' ? { type: name, points: [{ units: 3 }] } : { type: name });
    const space = problem.space.map((parameter) => ({ ...parameter }));
    expect(samplerFor({ ...problem, space }, options, version + 1).version).toBe(version);
    expect(samplerFor({ ...problem, space }, options, version).version).toBe(version);
  },
);

test('a study that began with an earlier version goes on with its code', () => {
  const space = problem.space.map((parameter) => ({ ...parameter }));
  for (const { name, version } of earlierSamplers) {
    const options = samplerOptionsSchema.parse({ type: name });
    expect(samplerFor({ ...problem, space }, options, version).version).toBe(version);
  }
  expect(earlierSamplers.map(({ name, version }) => `${name} ${version}`)).toEqual(['tpe 1']);
});
