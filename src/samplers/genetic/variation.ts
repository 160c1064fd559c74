import type { RandomStream } from '../../shared/random.ts';
import { type GenomeLayout, geneTexts } from '../../space/genome.ts';
import type { GeneticOptions } from './options.ts';

/** A genome of uniformly random bits. */
export function randomGenome(length: number, stream: RandomStream): string {
  return Array.from({ length }, () => (stream.bits32() >>> 31 === 1 ? '1' : '0')).join('');
}

/** Result of a crossover, and its parameters. */
export interface Crossover {
  readonly genome: string;
  /** Genes taken from the first parent, 1 … genes − 1; the others are the second parent's. null if there is one gene. */
  readonly cut: number | null;
  /** True if the parents were swapped before the cut: the mirror image. */
  readonly mirrored: boolean;
}

/**
 * One-point crossover between genes: the cut and which parent comes first are uniform, so that four genes have six
 * equally likely outcomes (A1B2B3B4, A1A2B3B4, A1A2A3B4 and their mirror images). A single gene is taken whole from
 * one of the parents.
 */
export function crossover(layout: GenomeLayout, parents: readonly [string, string], stream: RandomStream): Crossover {
  const mirrored = stream.integer(2) === 1;
  const [first, second] = mirrored ? [parents[1], parents[0]] : parents;
  if (layout.length < 2) return { genome: first, cut: null, mirrored };
  const cut = 1 + stream.integer(layout.length - 1);
  const genome = [...geneTexts(layout, first).slice(0, cut), ...geneTexts(layout, second).slice(cut)].join('');
  return { genome, cut, mirrored };
}

/** The bits (from 0 at the left) that a mutation flips; none if the child is not mutated. A mutation of each bit may flip none as well. */
export function mutatedBits(length: number, mutation: GeneticOptions['mutation'], stream: RandomStream): number[] {
  if (stream.uniform() >= mutation.probability) return [];
  switch (mutation.kind) {
    case 'one-bit':
      return [stream.integer(length)];
    case 'each-bit':
      return Array.from({ length }, (_, bit) => bit).filter(() => stream.uniform() < mutation.bitProbability);
  }
}

/** A genome with these bits flipped. */
export function flip(genome: string, bits: readonly number[]): string {
  const flipped = new Set(bits);
  return Array.from(genome, (bit, index) => (flipped.has(index) === (bit === '1') ? '0' : '1')).join('');
}
