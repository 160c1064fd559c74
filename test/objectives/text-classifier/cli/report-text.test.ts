import { describe, expect, test } from 'vitest';
import { methodsText, winnerText } from '../../../../src/cli/report-text.ts';
import { sampleReport, sampleStudyReport } from '../report/sample-report.ts';

const report = sampleReport(0.1);
/** The cells of each line. */
const cells = (text: string): string[][] => text.split('\n').map((line) => line.trim().split(/\s{2,}/));
const row = (text: string, name: string): string[] | undefined => cells(text).find(([first]) => first === name);

describe('the table of the methods', () => {
  const text = methodsText(report);

  test('has a row for each method: what it found, what that is worth on the test split, what it cost', () => {
    for (const { part, best, testHeadline, repeatsHeadline, cost } of report.methods) {
      const { mean, min, max } = repeatsHeadline ?? { mean: Number.NaN, min: Number.NaN, max: Number.NaN };
      expect(row(text, part)?.slice(0, -1)).toEqual([
        part,
        ...['learningRate', 'hiddenUnits', 'epochs', 'maxLength'].map((name) => String(best?.parameters[name])),
        best?.value.toFixed(4),
        testHeadline?.toFixed(4),
        `${mean.toFixed(4)} [${min.toFixed(4)}, ${max.toFixed(4)}]`,
        ...[cost.trialsCharged, cost.trainings, cost.stepsDone, cost.stepsTrained, cost.stepsReused].map(String),
      ]);
    }
  });

  test('ends with what the searches cost in all, and the evaluation', () => {
    const { search, evaluation } = report.totals;
    const costs = ({ trialsCharged, trainings, stepsDone, stepsTrained, stepsReused }: typeof search): string[] =>
      [trialsCharged, trainings, stepsDone, stepsTrained, stepsReused].map(String);
    expect(row(text, 'all searches')).toEqual(['all searches', ...costs(search), '21 min 16 s']);
    expect(row(text, 'evaluation')).toEqual(['evaluation', ...costs(evaluation), '50 min 0 s']);
  });

  test('fits a wide terminal at full size, and no two columns are called alike', () => {
    const large = <Cost extends object>(cost: Cost): Cost => ({
      ...cost,
      trialsCharged: 1331,
      trainings: 1331,
      stepsDone: 19_965,
      stepsTrained: 19_965,
    });
    const methods = report.methods.map((method) => ({ ...method, cost: large(method.cost) }));
    const totals = { search: large(report.totals.search), evaluation: large(report.totals.evaluation) };
    const lines = methodsText({ ...report, methods, totals }).split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(160);
    const titles = 'charged  trained  done     trained  reused';
    expect(lines.slice(0, 2).map((line) => line.trim().replace(/ +/g, ' '))).toEqual([
      'validation held-out trained again: aucPr trials trials steps steps steps',
      `method learningRate hiddenUnits epochs maxLength accuracy aucPr mean [range] ${titles.replace(/ +/g, ' ')} time`,
    ]);
  });

  test('leaves open what is not known yet', () => {
    const none = report.methods.map((method) => ({ ...method, best: null, testHeadline: null, repeatsHeadline: null }));
    const costs = { ...report.methods[0]?.cost, wallClockSeconds: null } as (typeof none)[number]['cost'];
    const early = { ...report, methods: none.map((method) => ({ ...method, cost: costs })) };
    expect(row(methodsText(early), 'random')?.slice(0, 4)).toEqual(['random', '–', '–', '–']);
    expect(row(methodsText(early), 'random')?.at(-1)).toBe('–');
  });

  test('of a study alone is its row', () => {
    const lines = cells(methodsText(sampleStudyReport('bayesian', 0.1)));
    expect(lines.slice(3).map(([name]) => name)).toEqual([report.methods[1]?.part]);
  });
});

describe('the winner', () => {
  const winner = report.finalists.find((finalist) => finalist.winner);

  test('is told with its configuration, where it was found, and its measurements', () => {
    const lines = winnerText(report).split('\n');
    expect(lines[0]).toMatch(/^Winner: learningRate [\d.]+, hiddenUnits \d+, epochs \d+, maxLength \d+ \(trial \d+ of final-grid\)$/);
    expect(lines[1]).toBe(`  ranked by          validation accuracy ${winner?.value?.toFixed(4)}, which alone decides`);
    expect(lines[2]).toMatch(/^ {2}on the test split {2}aucPr 0\.\d{4}, accuracy 0\.\d{4}$/);
    expect(lines[3]).toMatch(
      /^ {2}trained again {6}5 times, lstm-text-classifier on imdb, trained on all texts: aucPr 0\.\d{4} \[0\.\d{4}, 0\.\d{4}\], accuracy 0\.\d{4} \[0\.\d{4}, 0\.\d{4}\]$/,
    );
    expect(lines).toHaveLength(4);
  });

  test('is told without what is not measured yet', () => {
    const finalists = report.finalists.map((finalist) => ({ ...finalist, test: null, ranges: null }));
    expect(winnerText({ ...report, finalists }).split('\n')).toHaveLength(2);
  });

  test('is nothing while there is none, and the reason of an end without one', () => {
    expect(winnerText({ ...report, finalists: [], outcome: null })).toBe('');
    const detail = 'no trial keeps all limits';
    expect(winnerText({ ...report, finalists: [], outcome: { reason: 'no-finalists', detail } })).toBe(`No winner: ${detail}`);
  });
});
