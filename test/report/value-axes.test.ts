import { parseHTML } from 'linkedom';
import { expect, it } from 'vitest';
import { comparisonSchema } from '../../src/api/comparison.ts';
import { bestSoFarFigure } from '../../src/report/best-so-far.ts';
import { comparisonCurves } from '../../src/report/comparison-curves.ts';
import { frontFigures, hypervolumeFigure } from '../../src/report/front-figures.ts';
import { generationFigures } from '../../src/report/generation-curves.ts';
import { learningCurveFigures } from '../../src/report/learning-curves.ts';
import { curve, reportOf } from './study-report.ts';

/** A report whose values lie between some low and high value. */
function reportBetween(low: number, high: number) {
  const middle = (low + high) / 2;
  const report = reportOf({
    learning: { sampled: false, curves: [curve(1, [high, middle, low])] },
    improvements: [high, middle, low].map((value, index) => ({ charged: index + 1, stepsDone: 9 * index, trial: index, value })),
  });
  const generations = [high, middle, low].map((value, number) => ({ number, mean: value, best: value }));
  return { ...report, generations: [{ part: 'random', populationSize: 4, generations }] };
}

/** Every plot with an axis of values, by its name. */
const plots: Record<string, (low: number, high: number) => string> = {
  'learning curves': (low, high) => learningCurveFigures(reportBetween(low, high)),
  'best so far': (low, high) => bestSoFarFigure(reportBetween(low, high)),
  generations: (low, high) => generationFigures(reportBetween(low, high)),
  front: (low, high) => frontFigures(reportOf(), frontBetween(low, high)),
  hypervolume: (low, high) => hypervolumeFigure(reportOf(), frontBetween(low, high)),
  comparison: (low, high) => comparisonCurves(comparisonBetween(low, high)),
};

function frontBetween(low: number, high: number) {
  const [x, y] = ['loss', 'size'].map((name) => ({ name, label: name, direction: 'minimize' as const }));
  if (!x || !y) throw new Error('two metrics');
  return {
    metrics: [x, y],
    size: 2,
    members: [
      { trial: 0, values: { loss: low, size: high }, parameters: {} },
      { trial: 1, values: { loss: high, size: low }, parameters: {} },
    ],
    others: [],
    reference: [{ name: 'loss', value: high }],
    hypervolumes: [
      { trials: 1, hypervolume: low },
      { trials: 2, hypervolume: high },
    ],
  };
}

function comparisonBetween(low: number, high: number) {
  const [method] = reportOf().methods;
  return comparisonSchema.parse({
    metrics: [{ name: 'value', direction: 'minimize' }],
    label: 'value',
    remark: null,
    studies: [
      {
        id: '01900000-0000-7000-8000-000000000001',
        name: 'one',
        state: 'completed',
        method: method?.method,
        sampler: method?.sampler,
        forkedFrom: null,
        rank: null,
        best: null,
        cost: method?.cost,
        bestSoFar: [high, low].map((value, index) => ({ trialsCharged: index + 1, stepsDone: 9 * index, trial: index, value })),
        createdAt: '2026-11-24T12:00:00.000Z',
        endedAt: null,
      },
    ],
    differences: [],
    differencesLeftOut: 0,
  });
}

const upright = (html: string): string[] => labelsOf(html, 'y');
const across = (html: string): string[] => labelsOf(html, 'x');

/** The labels of the ticks of the first plot. */
function labelsOf(html: string, axis: 'x' | 'y'): string[] {
  const [svg] = parseHTML(`<body>${html}</body>`).document.querySelectorAll('svg[role="img"]');
  return [...(svg?.querySelectorAll(`g[aria-label="${axis}-axis tick label"] text`) ?? [])].map(({ textContent }) => String(textContent));
}

it.each(Object.entries(plots))(
  'the labels of values of the plot %s are different at any range, and as short as they can be',
  (_name, plot) => {
    for (const [low, high, first, last] of [
      [1e-5, 3e-5, /^(0|1e-5)$/, '3e-5'],
      [0, 1, /^0$/, '1'],
      [1e6, 3e6, /^(0|1,000,000)$/, '3,000,000'],
    ] as const) {
      const found = upright(plot(low, high));
      expect(new Set(found).size, found.join()).toBe(found.length);
      expect(found[0]).toMatch(first);
      expect(found.at(-1)).toBe(last);
    }
  },
);

it('the front has such labels at both of its axes', () => {
  const html = frontFigures(reportOf(), frontBetween(1e-5, 3e-5));
  expect(across(html)).toEqual(expect.arrayContaining(['1e-5', '2e-5', '3e-5']));
});
