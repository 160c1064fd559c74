import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { randomGenome } from '../../src/samplers/genetic/variation.ts';
import { randomStream } from '../../src/shared/random.ts';
import { decodeGenome, encodeGenome, geneTexts, genomeLayout, genomeLength } from '../../src/space/genome.ts';
import { type Parameter, searchSpaceSchema } from '../../src/space/schema.ts';
import { canonicalValue } from '../../src/space/unit-cube.ts';
import { arbitraryParameter, arbitrarySpace } from './arbitrary-parameters.ts';

const paperSpace = searchSpaceSchema.parse([
  { type: 'float', name: 'learningRate', low: 0.0005, high: 0.5115, step: 0.0005 },
  { type: 'int', name: 'hiddenUnits', low: 1, high: 511 },
  { type: 'int', name: 'epochs', low: 1, high: 15 },
  { type: 'int', name: 'maxLength', low: 1, high: 511 },
]);
const paperLayout = genomeLayout(paperSpace);

const gene = (code: number, bits: number) => code.toString(2).padStart(bits, '0');

/** How many codes of a one-gene genome stand for each value, in the order they first appear. */
function sharesOf(parameter: Parameter, bits: number): Map<unknown, number> {
  const layout = genomeLayout([parameter], { [parameter.name]: bits });
  const shares = new Map<unknown, number>();
  for (let code = 0; code < 2 ** bits; code += 1) {
    const value = decodeGenome([parameter], layout, gene(code, bits))[parameter.name];
    shares.set(value, (shares.get(value) ?? 0) + 1);
  }
  return shares;
}

describe('the genome of the paper', () => {
  test('has 32 bits: 10, 9, 4 and 9', () => {
    expect(paperLayout).toEqual([
      { name: 'learningRate', bits: 10 },
      { name: 'hiddenUnits', bits: 9 },
      { name: 'epochs', bits: 4 },
      { name: 'maxLength', bits: 9 },
    ]);
    expect(genomeLength(paperLayout)).toBe(32);
  });

  test('reads every code c of every gene as c, with a floor of 1; of the learning rate as c / 2000', () => {
    for (const [index, { bits }] of paperLayout.entries()) {
      for (let code = 0; code < 2 ** bits; code += 1) {
        const genome = paperLayout.map((other, place) => gene(place === index ? code : 1, other.bits)).join('');
        const codes = [1, 1, 1, 1].map((one, place) => (place === index ? Math.max(code, 1) : one));
        const [rate = 0, hiddenUnits, epochs, maxLength] = codes;
        expect(decodeGenome(paperSpace, paperLayout, genome)).toEqual({ learningRate: rate / 2000, hiddenUnits, epochs, maxLength });
      }
    }
  });

  test('of its best model is 0000001111 001010101 0011 111011011', () => {
    const genome = ['0000001111', '001010101', '0011', '111011011'].join('');
    expect(decodeGenome(paperSpace, paperLayout, genome)).toEqual({ learningRate: 0.0075, hiddenUnits: 85, epochs: 3, maxLength: 475 });
  });
});

describe('a gene', () => {
  test('shares 2^b codes among n ≤ 2^b values so that no two differ by more than one code, all in order', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 }), fc.nat(1022), (bits, more) => {
        const count = 1 + (more % 2 ** bits);
        const shares = sharesOf({ type: 'int', name: 'n', low: 1, high: count, step: 1, scale: 'linear' }, bits);
        expect([...shares.keys()]).toEqual(Array.from({ length: count }, (_, index) => index + 1));
        expect(Math.max(...shares.values()) - Math.min(...shares.values())).toBeLessThanOrEqual(1);
      }),
      { numRuns: 150 },
    );
  });

  test.each([
    [1, 1],
    [2, 1],
    [3, 2],
    [511, 9],
    [512, 9],
    [513, 10],
    [1023, 10],
  ])('of %i values has %i bits by default', (high, bits) => {
    expect(genomeLayout(searchSpaceSchema.parse([{ type: 'int', name: 'n', low: 1, high }]))).toEqual([{ name: 'n', bits }]);
  });

  test('of a continuous parameter has 16 bits by default, of more values than 2^24 only 24, and any number asked for', () => {
    const space = searchSpaceSchema.parse([
      { type: 'float', name: 'x', low: 0, high: 1 },
      { type: 'int', name: 'n', low: 0, high: 2 ** 30 },
    ]);
    expect(genomeLayout(space).map(({ bits }) => bits)).toEqual([16, 24]);
    expect(genomeLayout(space, { x: 3 }).map(({ bits }) => bits)).toEqual([3, 24]);
  });

  test('of a continuous parameter spreads its codes evenly over the scale, both ends included', () => {
    const [linear, log] = searchSpaceSchema.parse([
      { type: 'float', name: 'x', low: 0, high: 3 },
      { type: 'float', name: 'y', low: 0.001, high: 1, scale: 'log' },
    ]);
    expect(linear && [...sharesOf(linear, 2).keys()]).toEqual([0, 1, 2, 3]);
    expect(log && [...sharesOf(log, 2).keys()]).toEqual([0.001, 0.01, 0.1, 1]);
  });

  test('on a log scale with steps reaches both ends', () => {
    const [units] = searchSpaceSchema.parse([{ type: 'int', name: 'units', low: 1, high: 1000, scale: 'log' }]);
    const values = units ? [...sharesOf(units, 10).keys()] : [];
    expect([values.at(0), values.at(-1)]).toEqual([1, 1000]);
  });

  test('of any parameter stands for canonical values only', () => {
    fc.assert(
      fc.property(arbitraryParameter, fc.integer({ min: 1, max: 24 }), fc.nat(2 ** 24 - 1), (parameter, bits, number) => {
        const layout = genomeLayout([parameter], { x: bits });
        const value = decodeGenome([parameter], layout, gene(number % 2 ** bits, bits))['x'];
        expect(value !== undefined && canonicalValue(parameter, value)).toBe(value);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('a genome', () => {
  test('is cut into its genes in the order of the space', () => {
    expect(
      geneTexts(
        [
          { name: 'a', bits: 2 },
          { name: 'b', bits: 1 },
          { name: 'c', bits: 3 },
        ],
        '110010',
      ),
    ).toEqual(['11', '0', '010']);
  });

  test('carries genes of parameters that do not exist along unread', () => {
    fc.assert(
      fc.property(arbitrarySpace, fc.array(fc.boolean(), { minLength: 10, maxLength: 10 }), (space, bits) => {
        const layout = genomeLayout(space, Object.fromEntries(space.map(({ name }) => [name, 2])));
        const genome = bits.slice(0, genomeLength(layout)).map(Number).join('').padEnd(genomeLength(layout), '0');
        const configuration = decodeGenome(space, layout, genome);
        const flipped = geneTexts(layout, genome).map((text, index) =>
          Object.hasOwn(configuration, space[index]?.name ?? '') ? text : '11',
        );
        expect(decodeGenome(space, layout, flipped.join(''))).toEqual(configuration);
      }),
    );
  });

  test('of another length than its layout is refused', () => {
    expect(() => decodeGenome(paperSpace, paperLayout, '01')).toThrow('a genome of 2 bits does not fit a layout of 32');
  });
});

describe('an encoded configuration', () => {
  test('decodes as itself, where every value has a code of its own', () => {
    const exact = arbitrarySpace.filter((space) =>
      space.every((parameter) => parameter.type === 'categorical' || parameter.scale === 'linear'),
    );
    fc.assert(
      fc.property(exact, fc.nat(), (space, seed) => {
        const layout = genomeLayout(space);
        const genome = randomGenome(genomeLength(layout), randomStream(seed, 'genome'));
        const configuration = decodeGenome(space, layout, genome);
        expect(decodeGenome(space, layout, encodeGenome(space, layout, configuration))).toEqual(configuration);
      }),
      { seed: 20_261_129, numRuns: 300 },
    );
  });

  test('has the nearest code where its bits leave its value out', () => {
    const layout = genomeLayout(paperSpace, { hiddenUnits: 3, learningRate: 10 });
    const wanted = { learningRate: 0.0105, hiddenUnits: 300, epochs: 7, maxLength: 60 };
    const near = decodeGenome(paperSpace, layout, encodeGenome(paperSpace, layout, wanted));
    expect(near).toMatchObject({ learningRate: 0.0105, epochs: 7, maxLength: 60 });
    expect(Math.abs(Number(near['hiddenUnits']) - 300)).toBeLessThanOrEqual(64);
  });
});
