import type { PublishedResult } from '../published.ts';
import type { DatasetName } from './datasets/catalogue.ts';

/** A row of Table I of Poudel et al., "Hyperparameter Tuning in LSTM Network": one run of a method, measured on IMDB's test split. */
interface PaperRow {
  /** Types of the samplers that search so. */
  readonly samplers: readonly string[];
  /** α, numHidden, numEpochs and the maximum length. */
  readonly parameters: { readonly learningRate: number; readonly hiddenUnits: number; readonly epochs: number; readonly maxLength: number };
  /** Area under the precision-recall curve. */
  readonly aucPr: number;
  /** Minutes that the method took. */
  readonly minutes: number;
}

/** Table I, by the names of the studies and the final grid in the preset `paper`. A scaled grid is a list of some of its points. */
const rows: Readonly<Record<string, PaperRow>> = {
  random: {
    samplers: ['random'],
    parameters: { learningRate: 0.018, hiddenUnits: 464, epochs: 5, maxLength: 458 },
    aucPr: 0.896,
    minutes: 74,
  },
  bayesian: {
    samplers: ['tpe'],
    parameters: { learningRate: 0.0031, hiddenUnits: 278, epochs: 7, maxLength: 422 },
    aucPr: 0.935,
    minutes: 88,
  },
  'genetic-1': {
    samplers: ['genetic'],
    parameters: { learningRate: 0.012, hiddenUnits: 54, epochs: 3, maxLength: 429 },
    aucPr: 0.9378,
    minutes: 1410,
  },
  'genetic-2': {
    samplers: ['genetic'],
    parameters: { learningRate: 0.017, hiddenUnits: 112, epochs: 4, maxLength: 418 },
    aucPr: 0.934,
    minutes: 526,
  },
  'genetic-3': {
    samplers: ['genetic'],
    parameters: { learningRate: 0.0075, hiddenUnits: 85, epochs: 3, maxLength: 475 },
    aucPr: 0.946,
    minutes: 862,
  },
  'final-grid': {
    samplers: ['grid', 'list'],
    parameters: { learningRate: 0.0075, hiddenUnits: 85, epochs: 3, maxLength: 475 },
    aucPr: 0.946,
    minutes: 425,
  },
};

/** The paper's result for a part of its protocol; null for other parts, and for another dataset, whose values do not compare. */
export function paperResultOf(part: {
  readonly name: string;
  readonly sampler: string;
  readonly dataset: DatasetName;
}): PublishedResult | null {
  if (part.dataset !== 'imdb' || !Object.hasOwn(rows, part.name)) return null;
  const row = rows[part.name];
  if (!row?.samplers.includes(part.sampler)) return null;
  return {
    source: 'the paper',
    parameters: row.parameters,
    headline: row.aucPr,
    seconds: row.minutes * 60,
    note: 'The paper has one run of each method, chosen by the test split; its times are from other hardware.',
  };
}
