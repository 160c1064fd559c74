import { numberOf } from '../../../src/objectives/test-function/test-function.ts';
import { searchSpaceSchema } from '../../../src/space/schema.ts';
import { between, betweenLogs, drawStream, type Problem, plain } from './problem.ts';

/**
 * Landscapes like those of tuning an LSTM text classifier: the error over learning rate, units, epochs and length, or more of them. Each draw
 * has its own best configuration, curvatures, coupling of rate and units, and a rate above which training diverges to a plateau.
 *
 * @param scale of the learning rate, as the search declares it
 */
export function lstm(draw: number, scale: 'linear' | 'log'): Problem {
  const stream = drawStream('lstm', draw);
  const best = {
    rate: betweenLogs(stream, 0.0015, 0.08),
    units: Math.round(betweenLogs(stream, 20, 300)),
    epochs: Math.round(between(stream, 3, 12)),
    length: Math.round(between(stream, 150, 450)),
    dropout: between(stream, 0.1, 0.5),
  };
  const curve = { rate: between(stream, 0.04, 0.16), units: between(stream, 0.01, 0.06), epochs: between(stream, 0.02, 0.09) };
  const coupling = between(stream, -0.2, 0.5);
  const steepness = between(stream, 1.2, 3);
  const cliff = between(stream, 0.8, 1.5);
  const reading = between(stream, 60, 160);
  const hasDropout = draw % 2 === 1;
  const { dropout: bestDropout, ...others } = best;
  return plain({
    name: `lstm-${scale}/${draw}`,
    class: scale === 'linear' ? 'lstm-linear' : 'lstm-log',
    space: searchSpaceSchema.parse([
      { type: 'float', name: 'rate', low: 0.0005, high: 0.5115, scale },
      { type: 'int', name: 'units', low: 1, high: 511 },
      { type: 'int', name: 'epochs', low: 1, high: 15 },
      { type: 'int', name: 'length', low: 1, high: 511 },
      ...(hasDropout ? [{ type: 'float', name: 'dropout', low: 0, high: 0.8 }] : []),
    ]),
    least: 0.1,
    at: hasDropout ? best : others,
    value: (parameters) => {
      const units = Math.log10(numberOf(parameters, 'units') / best.units);
      const rate = Math.log10(numberOf(parameters, 'rate') / best.rate) + coupling * units;
      if (rate > cliff) return 0.5;
      const training = Math.log10(numberOf(parameters, 'epochs') / best.epochs) + 0.5 * rate;
      const dropout = hasDropout ? numberOf(parameters, 'dropout') - bestDropout : 0;
      const error =
        0.1 +
        curve.rate * (rate > 0 ? steepness : 1) * rate ** 2 +
        curve.units * units ** 2 +
        curve.epochs * (training > 0 ? 1 : steepness) * training ** 2 +
        0.15 * dropout ** 2 +
        errorOfLength(numberOf(parameters, 'length'), best.length, reading);
      return Math.min(error, 0.5);
    },
  });
}

function errorOfLength(length: number, best: number, reading: number): number {
  if (length >= best) return 0.0001 * (length - best);
  return 0.25 * (Math.exp(-length / reading) - Math.exp(-best / reading));
}
