import { invariant } from '../shared/errors.ts';
import { type Configuration, configurationFrom } from './configuration.ts';
import type { Parameter, ParameterValue, SearchSpace } from './schema.ts';
import { cardinality, decodeUnit, encodeUnit } from './unit-cube.ts';

/** Largest number of bits of a gene: enough for 16 million values, and few enough that code · cardinality stays exact. */
export const mostGeneBits = 24;
/** Default number of bits of a continuous parameter's gene. */
const continuousBits = 16;

/** One parameter's share of a genome. */
export interface Gene {
  readonly name: string;
  /** Bits, 1 … 24. */
  readonly bits: number;
}

/** The genes in the order of the search space. A genome is a string of 0 and 1, the highest bit of each gene first. */
export type GenomeLayout = readonly Gene[];

/**
 * Lays out a genome for a space: each gene has the number of bits in `bits`, or else as many as the values of its
 * parameter need.
 *
 * @param bits number of bits by parameter name, for genes that differ from the default
 */
export function genomeLayout(space: SearchSpace, bits: Readonly<Record<string, number>> = {}): GenomeLayout {
  const asked = new Map(Object.entries(bits));
  return space.map((parameter) => ({ name: parameter.name, bits: asked.get(parameter.name) ?? defaultBits(parameter) }));
}

/** Counts the bits of a genome. */
export function genomeLength(layout: GenomeLayout): number {
  return layout.reduce((sum, gene) => sum + gene.bits, 0);
}

/**
 * Decodes a genome. A code c of b bits maps to the value at index floor(c · n / 2^b) of n allowed values; for
 * n = 2^b − 1 the codes 0 and 1 share the lowest value and every other code has its own. A continuous parameter, and any
 * parameter on a log scale, spreads its 2^b codes evenly over its scale from low to high, both included. Genes of
 * parameters whose condition does not hold are not read.
 *
 * @param genome a string of 0 and 1 of the layout's length
 */
export function decodeGenome(space: SearchSpace, layout: GenomeLayout, genome: string): Configuration {
  invariant(genome.length === genomeLength(layout), `a genome of ${genome.length} bits does not fit a layout of ${genomeLength(layout)}`);
  const codes = geneTexts(layout, genome);
  return configurationFrom(space, (parameter, index) => {
    const text = codes[index];
    invariant(text !== undefined, `no gene for ${parameter.name}`);
    const code = Number.parseInt(text, 2);
    const codeCount = 2 ** text.length;
    return decodeUnit(parameter, hasEqualShares(parameter) ? code / codeCount : code / (codeCount - 1));
  });
}

/**
 * Encodes a configuration: each gene has the lowest code that decodes as its value, or the nearest one if its bits leave the value
 * out. Genes of parameters that do not exist in the configuration are 0.
 */
export function encodeGenome(space: SearchSpace, layout: GenomeLayout, configuration: Configuration): string {
  return layout
    .map(({ name, bits }, index) => {
      const [parameter, value] = [space[index], configuration[name]];
      const code = parameter && value !== undefined ? codeOf(parameter, value, bits) : 0;
      return code.toString(2).padStart(bits, '0');
    })
    .join('');
}

function codeOf(parameter: Parameter, value: ParameterValue, bits: number): number {
  const codeCount = 2 ** bits;
  const coordinate = encodeUnit(parameter, value);
  if (!hasEqualShares(parameter)) return Math.round(coordinate * (codeCount - 1));
  const values = cardinality(parameter);
  return Math.min(Math.ceil((Math.floor(coordinate * values) * codeCount) / values), codeCount - 1);
}

/** Splits a genome into the bits of its genes. */
export function geneTexts(layout: GenomeLayout, genome: string): string[] {
  let end = 0;
  return layout.map((gene) => {
    end += gene.bits;
    return genome.slice(end - gene.bits, end);
  });
}

/** Tells whether all values have equal shares of the unit interval, in which case a share's lower end decodes as its value. */
function hasEqualShares(parameter: Parameter): boolean {
  return parameter.type === 'categorical' || (parameter.scale === 'linear' && Number.isFinite(cardinality(parameter)));
}

function defaultBits(parameter: Parameter): number {
  const values = cardinality(parameter);
  if (!Number.isFinite(values)) return continuousBits;
  return Math.min(Math.max(Math.ceil(Math.log2(values)), 1), mostGeneBits);
}
