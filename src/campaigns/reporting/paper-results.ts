/** A row of Table I of Poudel et al., "Hyperparameter Tuning in LSTM Network": one run of each method, measured on IMDB's test split. */
export interface PaperResult {
  /** α. */
  readonly learningRate: number;
  /** numHidden. */
  readonly hiddenUnits: number;
  /** numEpochs. */
  readonly epochs: number;
  readonly maxLength: number;
  /** Area under the precision-recall curve. */
  readonly aucPr: number;
  /** What the method took. */
  readonly minutes: number;
}

/** Table I, by what the preset `paper` calls the studies and the final grid. A scaled grid is a list of some of its points. */
const results: Readonly<Record<string, PaperResult & { readonly samplers: readonly string[] }>> = {
  random: { samplers: ['random'], learningRate: 0.018, hiddenUnits: 464, epochs: 5, maxLength: 458, aucPr: 0.896, minutes: 74 },
  bayesian: { samplers: ['tpe'], learningRate: 0.0031, hiddenUnits: 278, epochs: 7, maxLength: 422, aucPr: 0.935, minutes: 88 },
  'genetic-1': { samplers: ['genetic'], learningRate: 0.012, hiddenUnits: 54, epochs: 3, maxLength: 429, aucPr: 0.9378, minutes: 1410 },
  'genetic-2': { samplers: ['genetic'], learningRate: 0.017, hiddenUnits: 112, epochs: 4, maxLength: 418, aucPr: 0.934, minutes: 526 },
  'genetic-3': { samplers: ['genetic'], learningRate: 0.0075, hiddenUnits: 85, epochs: 3, maxLength: 475, aucPr: 0.946, minutes: 862 },
  'final-grid': {
    samplers: ['grid', 'list'],
    learningRate: 0.0075,
    hiddenUnits: 85,
    epochs: 3,
    maxLength: 475,
    aucPr: 0.946,
    minutes: 425,
  },
};

/** What the paper reports for a part of its protocol; null for parts it does not have, and for another dataset, where its numbers compare with nothing. */
export function paperResultOf(part: { readonly name: string; readonly sampler: string; readonly dataset: string }): PaperResult | null {
  if (part.dataset !== 'imdb' || !Object.hasOwn(results, part.name)) return null;
  const result = results[part.name];
  if (!result?.samplers.includes(part.sampler)) return null;
  const { samplers: _samplers, ...row } = result;
  return row;
}
