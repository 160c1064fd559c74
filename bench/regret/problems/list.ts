import { classic } from './classics.ts';
import { failing, noisy } from './disturbed.ts';
import { lstm } from './lstm.ts';
import { conditional, mixed } from './mixed.ts';
import { firstReported, type Problem } from './problem.ts';

/** Problems of each class in a set, but for the classics, of which there are twice as many. */
const each = 4;

/**
 * A set of problems of every class, made from draws from `first` on. Sets begin at multiples of 16; the one at `firstReported` is what the bench reports, and was
 * chosen before any sampler was tuned on its kind.
 */
export function problemSet(first = firstReported): Problem[] {
  const draws = Array.from({ length: each }, (_, index) => first + index);
  return [
    ...draws.map((draw) => lstm(draw, 'linear')),
    ...draws.map((draw) => lstm(draw, 'log')),
    ...Array.from({ length: 2 * each }, (_, index) => classic(first + index)),
    ...draws.map((draw) => mixed(draw)),
    ...draws.map((draw) => conditional(draw)),
    ...draws.map((draw) => noisy(noisyBase(draw))),
    ...draws.map((draw) => failing(failingBase(draw), draw)),
  ];
}

/** What noise is added to: other draws than those without noise. */
function noisyBase(draw: number): Problem {
  const other = draw + each;
  return draw % 2 === 0 ? lstm(other, 'log') : classic(other + each, 4);
}

function failingBase(draw: number): Problem {
  const other = draw + 2 * each;
  return draw % 4 < 2 ? classic(other + each, 4) : lstm(other, 'linear');
}
