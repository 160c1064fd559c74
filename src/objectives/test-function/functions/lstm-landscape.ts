import { searchSpaceSchema } from '../../../space/schema.ts';
import { numberOf, type TestFunction } from '../test-function.ts';

const best = { learningRate: 0.0075, hiddenUnits: 85, epochs: 3, maxLength: 475 };
const bestError = 0.115;
/** A diverged training guesses. */
const guessing = 0.5;

/**
 * The shape of tuning a text classifier: the validation error over learning rate, units, epochs and length, with the
 * ranges and the best configuration of Poudel, Pathak, Koirala, Neupane and Green, "Hyperparameter Tuning in LSTM
 * Network" (Table I). The formula is ours. It has what makes such landscapes hard: the good learning rate falls as
 * units rise, more epochs make up for a small one and overfit with a large one, much too large a one diverges to
 * a plateau, and longer texts help less and less.
 */
export const lstmLandscape: TestFunction = {
  name: 'lstm-landscape',
  space: searchSpaceSchema.parse([
    { type: 'float', name: 'learningRate', low: 0.0005, high: 0.5115, scale: 'log' },
    { type: 'int', name: 'hiddenUnits', low: 1, high: 511 },
    { type: 'int', name: 'epochs', low: 1, high: 15 },
    { type: 'int', name: 'maxLength', low: 1, high: 511 },
  ]),
  minimum: { value: bestError, at: best },
  value: (parameters) => {
    const decadesOfUnits = Math.log10(numberOf(parameters, 'hiddenUnits') / best.hiddenUnits);
    const decadesOfRate = Math.log10(numberOf(parameters, 'learningRate') / best.learningRate) + 0.35 * decadesOfUnits;
    const decadesOfTraining = Math.log10(numberOf(parameters, 'epochs') / best.epochs) + decadesOfRate;
    const error =
      bestError +
      0.02 * decadesOfUnits ** 2 +
      (decadesOfRate > 0 ? 0.12 : 0.04) * decadesOfRate ** 2 +
      (decadesOfTraining > 0 ? 0.03 : 0.08) * decadesOfTraining ** 2 +
      errorOfLength(numberOf(parameters, 'maxLength'));
    return decadesOfRate > 1.2 ? guessing : Math.min(error, guessing);
  },
};

/** Error from the length: reading too little costs most, and beyond the best length it rises slightly again. */
function errorOfLength(maxLength: number): number {
  if (maxLength >= best.maxLength) return 0.0001 * (maxLength - best.maxLength);
  return 0.25 * (Math.exp(-maxLength / 110) - Math.exp(-best.maxLength / 110));
}
