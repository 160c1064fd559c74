import fc from 'fast-check';
import { type Parameter, parameterSchema, type SearchSpace, searchSpaceSchema } from '../../src/space/schema.ts';
import { cardinality, decodeUnit, valueAt } from '../../src/space/unit-cube.ts';

/** Decimals a person would write: up to six digits times a power of ten. */
function decimals(low: number, high: number): fc.Arbitrary<number> {
  return fc
    .tuple(fc.integer({ min: low, max: high }), fc.integer({ min: -12, max: 6 }))
    .map(([digits, exponent]) => Number(`${digits}e${exponent}`));
}

const scale = fc.constantFrom('linear' as const, 'log' as const);
const ordered = (a: number, b: number) => (a <= b ? { low: a, high: b } : { low: b, high: a });
const choices = fc.uniqueArray(fc.oneof(fc.integer({ min: -5, max: 5 }), fc.boolean(), fc.string({ maxLength: 4 })), {
  minLength: 1,
  maxLength: 8,
});

const candidates = fc.oneof(
  fc
    .record({ a: decimals(-999_999, 999_999), b: decimals(-999_999, 999_999), scale })
    .map(({ a, b, scale }) => ({ type: 'float', ...ordered(a, b), scale })),
  fc
    .record({ a: decimals(-9_999, 9_999), b: decimals(-9_999, 9_999), step: decimals(1, 999), scale })
    .map(({ a, b, step, scale }) => ({ type: 'float', ...ordered(a, b), step, scale })),
  fc
    .record({ a: fc.maxSafeInteger(), b: fc.maxSafeInteger(), step: fc.maxSafeNat(), scale })
    .map(({ a, b, step, scale }) => ({ type: 'int', ...ordered(a, b), step, scale })),
  fc
    .record({ a: fc.integer({ min: 1, max: 2000 }), b: fc.integer({ min: 1, max: 2000 }), step: fc.integer({ min: 1, max: 9 }), scale })
    .map(({ a, b, step, scale }) => ({ type: 'int', ...ordered(a, b), step, scale })),
  choices.map((list) => ({ type: 'categorical', choices: list })),
);

/** Any parameter that the schema lets through, of every type and scale. */
export const arbitraryParameter: fc.Arbitrary<Parameter> = candidates
  .map((candidate) => parameterSchema.safeParse({ name: 'x', ...candidate }))
  .filter((parsed) => parsed.success)
  .map((parsed) => parameterSchema.parse(parsed.data));

/** A parameter and one of its values: by index where it has finitely many, else by coordinate. */
export const arbitraryValue = fc.tuple(arbitraryParameter, fc.double({ min: 0, max: 1, noNaN: true })).map(([parameter, coordinate]) => {
  const count = cardinality(parameter);
  const value = Number.isFinite(count)
    ? valueAt(parameter, Math.min(Math.floor(coordinate * count), count - 1))
    : decodeUnit(parameter, coordinate);
  return { parameter, value };
});

/** Small spaces of int and categorical parameters, each after the first with or without a condition on an earlier one. */
export const arbitrarySpace: fc.Arbitrary<SearchSpace> = fc
  .array(
    fc.record({
      size: fc.integer({ min: 1, max: 4 }),
      categorical: fc.boolean(),
      parent: fc.nat(),
      conditional: fc.boolean(),
      mask: fc.integer({ min: 1, max: 15 }),
    }),
    {
      minLength: 1,
      maxLength: 5,
    },
  )
  .map((shapes) => {
    const space: unknown[] = [];
    const values: number[][] = [];
    for (const [index, { size, categorical, parent, conditional, mask }] of shapes.entries()) {
      const own = Array.from({ length: size }, (_, value) => value + 1);
      const parentIndex = index === 0 ? 0 : parent % index;
      const allowed = (values[parentIndex] ?? []).filter((_, bit) => (mask >> bit) % 2 === 1);
      const when = conditional && index > 0 && allowed.length > 0 ? { when: { parameter: `p${parentIndex}`, values: allowed } } : {};
      space.push({
        name: `p${index}`,
        ...(categorical ? { type: 'categorical', choices: own } : { type: 'int', low: 1, high: size }),
        ...when,
      });
      values.push(own);
    }
    return searchSpaceSchema.parse(space);
  });
