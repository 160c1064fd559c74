import { describe, expect, test } from 'vitest';
import { configurationFrom, isActive } from '../../src/space/configuration.ts';
import { searchSpaceSchema } from '../../src/space/schema.ts';

/** Pointers of everything that is wrong with a space. */
function violationsOf(space: unknown): string[] {
  const parsed = searchSpaceSchema.safeParse(space);
  return parsed.success ? [] : parsed.error.issues.map((issue) => `/${issue.path.map(String).join('/')}`);
}

const float = { type: 'float', name: 'x', low: 0, high: 1 };
const int = { type: 'int', name: 'n', low: 1, high: 9 };
const categorical = { type: 'categorical', name: 'c', choices: ['a', 'b'] };

describe('a search space', () => {
  test('fills in its defaults', () => {
    expect(searchSpaceSchema.parse([float, int, categorical])).toEqual([
      { ...float, scale: 'linear' },
      { ...int, step: 1, scale: 'linear' },
      categorical,
    ]);
  });

  test.each([
    ['has no parameter', [], '/'],
    ['has too many', Array.from({ length: 65 }, (_, index) => ({ ...float, name: `x${index}` })), '/'],
    ['has a name that starts with a digit', [{ ...float, name: '1x' }], '/0/name'],
    ['has a name that is too long', [{ ...float, name: 'x'.repeat(65) }], '/0/name'],
    ['has a name that pollutes prototypes', [{ ...float, name: '__proto__' }], '/0/name'],
    ['names two parameters alike', [float, { ...int, name: 'x' }], '/1/name'],
    ['has an unknown key', [{ ...float, lo: 1 }], '/0'],
    ['has an unknown type', [{ ...float, type: 'double' }], '/0/type'],
    ['has low above high', [{ ...float, low: 2 }], '/0/high'],
    ['has a range wider than a double', [{ ...float, low: -1.7e308, high: 1.7e308 }], '/0/high'],
    ['has an end that is not finite', [{ ...float, high: Number.POSITIVE_INFINITY }], '/0/high'],
    ['has an int with a fraction', [{ ...int, low: 0.5 }], '/0/low'],
    ['has a step of 0', [{ ...float, step: 0 }], '/0/step'],
    ['has a step below 0', [{ ...int, step: -1 }], '/0/step'],
    ['has an int step with a fraction', [{ ...int, step: 1.5 }], '/0/step'],
    ['has a log scale from 0', [{ ...float, scale: 'log' }], '/0/low'],
    ['has a log scale from half a step', [{ ...float, low: 0.05, step: 0.1, scale: 'log' }], '/0/low'],
    ['has more steps than an index tells apart', [{ ...float, step: 1e-16 }], '/0/step'],
    ['has more values than doubles tell apart', [{ ...float, low: 1e15, high: 1e15 + 1, step: 0.001 }], '/0/step'],
    ['has a step that was computed', [{ ...float, high: 1.2, step: 0.1 + 0.2 }], '/0/step'],
    ['has a low end that was computed', [{ ...float, low: 0.1 * 3, step: 0.1 }], '/0/low'],
    ['has steps that are too small for normal doubles', [{ ...float, high: 1e-320, step: 5e-324 }], '/0/step'],
    ['has more ints than an index tells apart', [{ ...int, high: 2 ** 53 - 1 }], '/0/step'],
    ['has more steps than a logarithm tells apart', [{ ...int, high: 1e12, scale: 'log' }], '/0/step'],
    ['has no choices', [{ ...categorical, choices: [] }], '/0/choices'],
    ['lists a choice twice', [{ ...categorical, choices: ['a', 'b', 'a'] }], '/0/choices/2'],
    ['lists a choice that is not a plain value', [{ ...categorical, choices: [null] }], '/0/choices/0'],
    ['has a condition on a parameter that is not there', [{ ...float, when: { parameter: 'y', values: [1] } }], '/0/when/parameter'],
    ['has a condition on itself', [{ ...int, when: { parameter: 'n', values: [1] } }], '/0/when/parameter'],
    ['has a condition on a later parameter', [{ ...float, when: { parameter: 'n', values: [1] } }, int], '/0/when/parameter'],
    ['has a condition on a float', [float, { ...int, when: { parameter: 'x', values: [1] } }], '/1/when/parameter'],
    ['has a condition without values', [int, { ...float, when: { parameter: 'n', values: [] } }], '/1/when/values'],
    [
      'has a condition on a choice that is not listed',
      [categorical, { ...float, when: { parameter: 'c', values: ['a', 'z'] } }],
      '/1/when/values/1',
    ],
    ['has a condition on a value out of range', [int, { ...float, when: { parameter: 'n', values: [1, 10] } }], '/1/when/values/1'],
    ['has a condition on a number between two ints', [int, { ...float, when: { parameter: 'n', values: [1.5] } }], '/1/when/values/0'],
    ['has a condition on the text of a number', [int, { ...float, when: { parameter: 'n', values: ['1'] } }], '/1/when/values/0'],
  ])('that %s is refused there', (_fault, space, pointer) => {
    expect(violationsOf(space)).toEqual([pointer]);
  });

  test.each([
    [{ ...float, high: 1.2, step: 0.1 + 0.2 }, 'write 0.3 in place of 0.30000000000000004'],
    [{ ...float, step: 1 / 3 }, 'write 0.333333333333333 in place of 0.3333333333333333'],
    [{ ...float, low: 0.1 * 3, step: 0.1 }, 'write 0.3 in place of 0.30000000000000004'],
    [{ ...float, low: 1.1 * 1.1, high: 2, step: 0.7 * 0.7 }, 'write 1.21 in place of 1.2100000000000002'],
    [{ ...float, low: 1e15, high: 1e15 + 1, step: 0.001 }, 'take a longer step'],
    [{ ...float, high: 1e-320, step: 5e-324 }, 'take a longer step'],
    [{ ...float, step: 1e-300 }, 'take a longer step, or narrow the range'],
    [{ ...int, high: 2 ** 53 - 1 }, 'narrow the range'],
    [{ ...int, step: 4, scale: 'log' }, 'take a step below 2'],
  ])('says what to write in place of %o', (parameter, advice) => {
    const parsed = searchSpaceSchema.safeParse([parameter]);
    expect(parsed.error?.issues[0]?.message).toContain(advice);
    const written = /write (\S+) in place of (\S+)/.exec(parsed.error?.issues[0]?.message ?? '');
    if (!written) return;
    const shortened = Object.fromEntries(
      Object.entries(parameter).map(([key, value]) => [key, typeof value === 'number' ? Number(value.toPrecision(15)) : value]),
    );
    expect(searchSpaceSchema.safeParse([shortened]).success).toBe(true);
  });

  test('names all its faults at once', () => {
    const space = [
      { ...int, low: 5, high: 4 },
      { ...categorical, choices: ['a', 'a'] },
      { ...float, name: 'n', scale: 'log', low: -1 },
      { ...float, when: { parameter: 'c', values: ['q', 'r'] } },
    ];
    expect(violationsOf(space)).toEqual(['/0/high', '/1/choices/1', '/2/low', '/2/name', '/3/when/values/0', '/3/when/values/1']);
  });

  test('whose parent of a condition has a fault of its own names that fault, and does not throw', () => {
    const parent = { ...int, low: -Number.MAX_SAFE_INTEGER, high: Number.MAX_SAFE_INTEGER };
    expect(violationsOf([parent, { ...float, when: { parameter: 'n', values: [1] } }])).toEqual(['/0/step']);
  });

  test.each([
    ['a single value', [{ ...float, low: 0.5, high: 0.5 }]],
    ['a step longer than the range', [{ ...float, step: 7 }]],
    ['a high end beside the lattice', [{ ...float, step: 0.3 }]],
    ['a high end that was computed', [{ ...float, high: 0.1 * 3, step: 0.1 }]],
    ['ends of any number of digits without a step', [{ ...float, low: 1 / 3, high: 2 / 3 }]],
    ['a range of the smallest doubles', [{ ...float, high: 1e-320 }]],
    ['a number, its text and a truth value as choices', [{ ...categorical, choices: [1, '1', true, 'true'] }]],
    [
      'a condition on a condition',
      [categorical, { ...int, when: { parameter: 'c', values: ['a'] } }, { ...float, when: { parameter: 'n', values: [1, 2] } }],
    ],
    [
      'a name that objects have anyway',
      [
        { ...float, name: 'constructor' },
        { ...int, name: 'toString' },
      ],
    ],
  ])('may have %s', (_what, space) => {
    expect(violationsOf(space)).toEqual([]);
  });
});

describe('a condition', () => {
  const space = searchSpaceSchema.parse([
    { type: 'categorical', name: 'optimizer', choices: ['adam', 'sgd'] },
    { type: 'int', name: 'layers', low: 1, high: 3, when: { parameter: 'optimizer', values: ['sgd'] } },
    { type: 'float', name: 'momentum', low: 0, high: 1, when: { parameter: 'layers', values: [2, 3] } },
    { type: 'float', name: 'rate', low: 0, high: 1 },
  ]);
  const chosen: Record<string, string | number> = { layers: 2, momentum: 0.9, rate: 0.1 };
  const under = (optimizer: string, layers: number) =>
    configurationFrom(space, ({ name }) => ({ ...chosen, optimizer, layers })[name] ?? '');

  test('leaves out what does not exist, and what depends on that', () => {
    expect(under('adam', 2)).toEqual({ optimizer: 'adam', rate: 0.1 });
    expect(under('sgd', 1)).toEqual({ optimizer: 'sgd', layers: 1, rate: 0.1 });
    expect(under('sgd', 2)).toEqual({ optimizer: 'sgd', layers: 2, momentum: 0.9, rate: 0.1 });
  });

  test('on a name that every object has does not hold by accident', () => {
    const [parent, child] = searchSpaceSchema.parse([
      { type: 'int', name: 'constructor', low: 1, high: 2 },
      { type: 'int', name: 'n', low: 1, high: 2, when: { parameter: 'constructor', values: [1] } },
    ]);
    expect(parent && isActive(parent, {})).toBe(true);
    expect(child && isActive(child, {})).toBe(false);
  });
});
