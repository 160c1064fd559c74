import { describe, expect, it } from 'vitest';
import { parameterAxis, wholeTicks } from '../../src/report/axis-ticks.ts';
import { decimal, duration, meanAndRange, parameterText, percent, whole } from '../../src/report/formats.ts';

it.each([
  [null, '–'],
  [0, '0.0s'],
  [9.94, '9.9s'],
  [59.4, '59s'],
  [59.6, '1m00s'],
  [245, '4m05s'],
  [3599.6, '1h00m'],
  [84_600, '23h30m'],
])('writes %s seconds as %s', (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});

it('writes numbers for people, and what is absent as a dash', () => {
  expect([decimal(0.93785), decimal(1e-5), decimal(null), percent(0.4525), whole(1331)]).toEqual([
    '0.9378',
    '1.0e-5',
    '–',
    '45.3 %',
    '1,331',
  ]);
  expect(meanAndRange({ mean: 0.9, min: 0.85, max: 0.95 })).toBe('0.9000 (0.8500 – 0.9500)');
  expect([0.0105, 1 / 3, 511, 'adam', true, null].map(parameterText)).toEqual(['0.0105', '0.333333', '511', 'adam', 'true', '–']);
});

describe('an axis', () => {
  it('has both ends and round values between that do not touch', () => {
    const axis = parameterAxis({ type: 'int', name: 'units', low: 1, high: 511, step: 1, scale: 'linear' });
    expect(axis.ticks.map(({ text }) => text)).toEqual(['1', '200', '400', '511']);
    expect(axis.place(256)).toBeCloseTo(0.5, 12);
  });

  it('marks only whole numbers where a parameter has no others', () => {
    const texts = (low: number, high: number, scale: 'linear' | 'log') =>
      parameterAxis({ type: 'int', name: 'epochs', low, high, step: 1, scale }).ticks.map(({ text }) => text);
    expect(texts(1, 3, 'linear')).toEqual(['1', '2', '3']);
    expect(texts(1, 2, 'linear')).toEqual(['1', '2']);
    expect(texts(1, 8, 'log')).toEqual(['1', '2', '5', '8']);
  });

  it('is logarithmic where the search space is', () => {
    const axis = parameterAxis({ type: 'float', name: 'rate', low: 0.001, high: 0.1, scale: 'log' });
    expect(axis.place(0.01)).toBeCloseTo(0.5, 12);
    expect(axis.ticks.map(({ text }) => text)).toEqual(['0.001', '0.002', '0.005', '0.01', '0.02', '0.05', '0.1']);
  });

  it('puts a parameter of one value in the middle', () => {
    expect(parameterAxis({ type: 'float', name: 'rate', low: 2, high: 2, scale: 'linear' }).place(2)).toBe(0.5);
    expect(parameterAxis({ type: 'categorical', name: 'optimizer', choices: ['adam'] }).place('adam')).toBe(0.5);
  });

  it('knows no place for a value that the parameter cannot take', () => {
    const axis = parameterAxis({ type: 'categorical', name: 'optimizer', choices: ['adam', 'sgd'] });
    expect([axis.place('adam'), axis.place('sgd'), axis.place(null), axis.place('lion')]).toEqual([0, 1, null, null]);
  });
});

it('marks only whole generations', () => {
  expect([0, 1, 4, 69].map(wholeTicks)).toEqual([[0], [0, 1], [0, 1, 2, 3, 4], [0, 20, 40, 60]]);
});
