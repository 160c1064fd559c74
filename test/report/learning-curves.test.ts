import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { reportSchema } from '../../src/api/report.ts';
import { reportPage } from '../../src/report/page.ts';
import type { LearningCurve } from '../../src/studies/ports/report-reads.ts';
import { curve, prunedFindings, reportOf } from './study-report.ts';

/** The section of a page under a heading; null if there is none. */
function section(page: string, heading: string) {
  const sections = [...parseHTML(page).document.querySelectorAll('section')];
  return sections.find((one) => one.querySelector('h2')?.textContent === heading) ?? null;
}

function texts(page: string, heading: string, selector: string): string[] {
  return [...(section(page, heading)?.querySelectorAll(selector) ?? [])].map(({ textContent }) => String(textContent).trim());
}

const lines = (page: string): string[] =>
  [...(section(page, 'Learning curves')?.querySelectorAll('g[aria-label="line"] path') ?? [])].map((path) =>
    String(path.querySelector('title')?.textContent),
  );

const withCurves = (curves: readonly LearningCurve[], sampled = false) => reportOf({ learning: { sampled, curves } });

describe('the learning curves of a report', () => {
  it('are in its JSON, steps and values side by side', () => {
    const [found] = reportSchema.parse(reportOf()).learningCurves;
    expect(found).toMatchObject({ part: 'random', trials: 4, sampled: false });
    expect(found?.curves.map(({ trial, steps, values, prunedAt }) => [trial, steps, values, prunedAt])).toEqual([
      [0, [1, 3, 9], [4, 3, 2], undefined],
      [1, [1, 3, 9], [2, 1, 0.5], undefined],
      [2, [1], [9], 1],
      [3, [1, 3], [5, 4.5], 3],
    ]);
  });

  it('are a line for each trial, the best one last, each with its trial in words', () => {
    const page = reportPage(reportOf());
    expect(lines(page)).toEqual([
      'trial 0: 2.0000',
      'trial 2: 9.0000, stopped after step 1',
      'trial 3: 4.5000, stopped after step 3',
      'trial 1: 0.5000',
    ]);
    expect(section(page, 'Learning curves')?.querySelector('desc')?.textContent).toBe(
      'random: 4 lines; the best one, of trial 1, ends at 0.5000 after step 9; 2 end where the trial was stopped',
    );
  });

  it('mark where a trial was stopped, and explain it', () => {
    const page = reportPage(reportOf());
    const marks = section(page, 'Learning curves')?.querySelectorAll('g[aria-label="dot"]') ?? [];
    expect([...marks].map((group) => group.children.length)).toEqual([2, 1]);
    expect(texts(page, 'Learning curves', '.legend li')).toEqual([
      'the best trial',
      'completed trials',
      'stopped early; the cross is the step after which the trial was stopped',
    ]);
    const alone = reportPage(withCurves([curve(1, [3, 2])]));
    expect(texts(alone, 'Learning curves', '.legend li')).toEqual(['the best trial']);
  });

  it('say which trials are drawn', () => {
    const captionOf = (page: string): string => texts(page, 'Learning curves', 'figcaption')[0] ?? '';
    expect(captionOf(reportPage(reportOf()))).toContain('All 4 trials are drawn.');
    expect(captionOf(reportPage(withCurves([curve(1, [3, 2])])))).toContain('1 of 4 trials are drawn: the others have no measurements');
    expect(captionOf(reportPage(withCurves([curve(1, [3, 2])], true)))).toContain(
      '1 of 4 trials are drawn: the best ones, and others spread evenly over all numbers. A line has at most 100 points.',
    );
  });

  it('say that all trials are drawn where they are, sampled or not', () => {
    const all = [0, 1, 2, 3].map((number) => curve(number, [3, 2]));
    for (const sampled of [true, false])
      expect(texts(reportPage(withCurves(all, sampled)), 'Learning curves', 'figcaption')[0]).toContain(' All 4 trials are drawn.');
  });

  it('are left out where every trial has one step, or none', () => {
    for (const curves of [[], [curve(0, [1]), curve(1, [2])]]) {
      expect(withCurves(curves).learningCurves).toEqual([]);
      expect(section(reportPage(withCurves(curves)), 'Learning curves')).toBeNull();
    }
    expect(section(reportPage(reportOf({ learning: null })), 'Learning curves')).toBeNull();
  });

  it('leave a gap for a value that is not finite, and draw no such number', () => {
    const page = reportPage(withCurves([curve(1, [3, null, 2]), curve(0, [null, null])]));
    expect(section(page, 'Learning curves')).not.toBeNull();
    expect(page).not.toMatch(/NaN|Infinity|undefined/);
    expect(section(reportPage(withCurves([curve(0, [null, null])])), 'Learning curves')).toBeNull();
  });

  it('keep the page under a megabyte, however many steps the trials have', () => {
    const long = (number: number): LearningCurve => ({
      number,
      value: 1 / (number + 3),
      ...(number % 3 === 2 && { prunedAt: 90_007 }),
      points: Array.from({ length: 100 }, (_, index) => ({ step: 7 + index * 900, value: Math.sin(number * 100 + index) * 1234.56789 })),
    });
    const report = withCurves(
      Array.from({ length: 300 }, (_, number) => long(number)),
      true,
    );
    expect(Buffer.byteLength(reportPage(report))).toBeLessThan(700_000);
    expect(Buffer.byteLength(JSON.stringify(report))).toBeLessThan(700_000);
    expect(reportPage(report)).toBe(reportPage(report));
  });
});

describe('the stopped trials of a report', () => {
  it('are counted by rung, and the furthest ones are listed with the reason', () => {
    const page = reportPage(reportOf());
    const rows = [...(section(page, 'Stopped trials')?.querySelectorAll('tbody tr') ?? [])].map((row) =>
      [...row.children].map((cell) => String(cell.textContent)),
    );
    expect(rows.map((row) => row.slice(0, 4))).toEqual([
      ['0', '1', '1', '50.0 %'],
      ['1', '3', '1', '50.0 %'],
      ['3', '3', '4.5000', '1'],
      ['2', '1', '9.0000', '1'],
    ]);
    expect(rows[2]?.at(-1)).toBe('rung 1 (step 3): value 4.5; beside 2 other trials it is outside the best third, which begins at 3');
    expect(texts(page, 'Stopped trials', 'p')[0]).toBe(
      '2 of 4 charged trials were stopped early, which saved 14 steps. They have no rank.',
    );
  });

  it('have a row of their own where they were stopped at steps that the report leaves out', () => {
    const { totals } = prunedFindings();
    const page = reportPage(reportOf({ totals: { ...totals, charged: 12, pruned: 10 } }));
    const [table] = section(page, 'Stopped trials')?.querySelectorAll('tbody') ?? [];
    const rows = [...(table?.querySelectorAll('tr') ?? [])].map((row) => [...row.children].map((cell) => String(cell.textContent)));
    expect(rows).toEqual([
      ['0', '1', '1', '10.0 %'],
      ['1', '3', '1', '10.0 %'],
      ['other steps', '8', '80.0 %'],
    ]);
  });

  it('were stopped where the pruner judges: any other step is a bug', () => {
    expect(() => reportOf({ stopped: { steps: [{ step: 2, trials: 1 }], furthest: [] } })).toThrow(
      'invariant broken: the pruner asha judges',
    );
  });

  it('have columns of their own among the costs, which a study without any does not have', () => {
    const heads = (page: string): string[] => texts(page, 'Results and costs', 'thead tr:last-child th');
    expect(heads(reportPage(reportOf()))).toEqual(
      'x1,x2,charged,trainings run,stopped,done,trained,reused,saved,wall-clock,core'.split(','),
    );
    const { totals, study } = prunedFindings();
    const { pruner: _, ...spec } = study.spec;
    const plain = reportOf({ totals: { ...totals, pruned: 0, stepsSaved: 0 }, stopped: null, study: { ...study, spec } });
    expect(plain).not.toHaveProperty('stopped');
    expect(heads(reportPage(plain))).toEqual('x1,x2,charged,trainings run,done,trained,reused,wall-clock,core'.split(','));
    expect(section(reportPage(plain), 'Stopped trials')).toBeNull();
  });

  it('are no section of a study with a pruner that stopped none', () => {
    expect(section(reportPage(reportOf({ stopped: { steps: [], furthest: [] } })), 'Stopped trials')).toBeNull();
  });
});
