import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { type ReportRepresentation, reportSchema } from '../../src/api/report.ts';
import { reportPage } from '../../src/report/page.ts';
import { samplerOptionsSchema } from '../../src/samplers/table.ts';
import { searchSpaceSchema } from '../../src/space/schema.ts';
import type { MemberTrial, ReportLeader } from '../../src/studies/ports/report-reads.ts';
import { prunedFindings, reportOf } from './study-report.ts';

const searchSpace = searchSpaceSchema.parse([
  { type: 'categorical', name: 'slope', choices: ['first', '<b>'] },
  { type: 'float', name: 'rate', low: 0.0001, high: 1, scale: 'log' },
  { type: 'float', name: 'momentum', low: 0, high: 1 },
  { type: 'int', name: 'batch', low: 1, high: 100, when: { parameter: 'slope', values: ['first'] } },
  { type: 'int', name: 'steps', low: 1, high: 90 },
]);

/** A member after 90 steps; the database has another order of parameters than the space. */
function member(place: number, differences: Partial<MemberTrial> = {}): MemberTrial {
  const parameters = { momentum: 0.5, rate: 0.01, slope: '<b>', steps: 90 };
  return { member: place, number: 20 + place, value: place, steps: 90, copies: 0, parameters, earlierValues: [], ...differences };
}

/** The best one changed twice, the second once, the third never. */
const members = [
  member(1, {
    copies: 2,
    earlierValues: [
      { until: 30, parameters: { rate: 1, momentum: 0.5, slope: 'first' } },
      { until: 60, parameters: { rate: 1, momentum: 0.5, slope: '<b>' } },
    ],
  }),
  member(2, { copies: 1, earlierValues: [{ until: 30, parameters: { rate: 0.1, momentum: 0.5, slope: '<b>' } }] }),
  member(3, { value: null }),
];

function withMembers(
  found: readonly MemberTrial[] | null,
  leaders: readonly ReportLeader[] = prunedFindings().leaders,
): ReportRepresentation {
  const { study } = prunedFindings();
  const rungs = [{ rung: 0, fewestSteps: 30, mostSteps: 30, trials: 3, wentOn: 2, best: 1, stepsSaved: 0 }];
  const sampler = found === null ? study.spec.sampler : samplerOptionsSchema.parse({ type: 'pbt', fidelity: 'steps' });
  return reportSchema.parse(
    reportOf({ study: { ...study, spec: { ...study.spec, searchSpace, sampler } }, rungs, members: found, leaders }),
  );
}

function section(report: ReportRepresentation, heading: string) {
  const { document } = parseHTML(reportPage(report));
  return [...document.querySelectorAll('section')].find((one) => one.querySelector('h2')?.textContent === heading) ?? null;
}
const changes = (report: ReportRepresentation) => section(report, 'How the values changed');
const textsOf = (report: ReportRepresentation, selector: string): string[] =>
  [...(changes(report)?.querySelectorAll(selector) ?? [])].map(({ textContent }) => String(textContent).trim());

describe('the members of a report', () => {
  it('have a segment for each change, with the parameters that changed in any of them, in the order of the space', () => {
    const found = withMembers(members).members ?? [];
    expect(found.map(({ history }) => history.map(({ from, to, parameters }) => [from, to, Object.entries(parameters)]))).toEqual([
      [
        [
          1,
          30,
          [
            ['slope', 'first'],
            ['rate', 1],
          ],
        ],
        [
          31,
          60,
          [
            ['slope', '<b>'],
            ['rate', 1],
          ],
        ],
        [
          61,
          90,
          [
            ['slope', '<b>'],
            ['rate', 0.01],
          ],
        ],
      ],
      [
        [
          1,
          30,
          [
            ['slope', '<b>'],
            ['rate', 0.1],
          ],
        ],
        [
          31,
          90,
          [
            ['slope', '<b>'],
            ['rate', 0.01],
          ],
        ],
      ],
      [
        [
          1,
          90,
          [
            ['slope', '<b>'],
            ['rate', 0.01],
          ],
        ],
      ],
    ]);
    expect(found[0]).toMatchObject({ member: 1, trial: 21, value: 1, steps: 90, copies: 2 });
    expect(found[2]).toMatchObject({ value: null, copies: 0 });
  });

  it('leave out a parameter of those members in which it is not active', () => {
    const parameters = { momentum: 0.5, rate: 0.01, slope: 'first', batch: 10, steps: 90 };
    const active = member(4, { parameters, earlierValues: [{ until: 30, parameters: { batch: 20 } }] });
    const found = withMembers([active, member(3)]).members ?? [];
    expect(found.map(({ history }) => history.map((segment) => segment.parameters))).toEqual([[{ batch: 20 }, { batch: 10 }], [{}]]);
  });

  it('are absent for other samplers, and before a trial has ended', () => {
    for (const found of [null, []]) expect(withMembers(found)).not.toHaveProperty('members');
  });
});

describe('the best configurations', () => {
  const parameters = { slope: 'first', rate: 0.01, momentum: 0.5, steps: 60 };
  const best = { number: 7, value: 0.1, diverged: false, parameters };
  const earlierValues = [{ until: 30, parameters: { rate: 1, slope: '<b>' } }];
  const withLeaders = (...leaders: readonly ReportLeader[]) => withMembers(members, leaders);
  const leadersOf = (report: ReportRepresentation) => section(report, 'The best configurations');
  const answer = (report: ReportRepresentation) => parseHTML(reportPage(report)).document.querySelector('.answer')?.textContent;

  it('have the values of earlier steps where they were others, also of a trial that is the last of no member', () => {
    const report = withLeaders({ ...best, earlierValues }, { ...best, number: 8, value: 0.2 });
    expect(report.leaders).toEqual([
      expect.objectContaining({ trial: 7, parameters, earlierValues }),
      expect.not.objectContaining({ earlierValues: expect.anything() }),
    ]);
    expect(report.methods[0]?.best).toMatchObject({ trial: 7, earlierValues });
    const text = 'slope <b> to step 30, first after it; rate 1 to step 30, 0.01 after it';
    expect(answer(report)).toContain(`; its earlier steps had other values: ${text}`);
    const rows = [...(leadersOf(report)?.querySelectorAll('tr') ?? [])].map(({ lastElementChild: last }) => last?.textContent);
    expect(rows).toEqual(['changed on the way', text, '']);
  });

  it('say nothing of changes where there were none', () => {
    const report = withLeaders(best);
    expect(answer(report)).not.toContain('earlier steps');
    expect(leadersOf(report)?.textContent).not.toContain('changed on the way');
  });

  it('are different ones if only the earlier values differ, and the same if these are equal too', () => {
    const trials = withLeaders(best, { ...best, number: 8, earlierValues }, { ...best, number: 9, earlierValues }).leaders;
    expect(trials.map(({ trial }) => trial)).toEqual([7, 8]);
  });
});

describe('the page of a report with members', () => {
  it('draws a plot of each number that changed, with a step line for each member, the leading one last', () => {
    const report = withMembers(members);
    const svgs = [...(changes(report)?.querySelectorAll('svg.plot') ?? [])];
    expect(svgs.map((svg) => svg.querySelector('title')?.textContent)).toEqual(['rate of each member against its steps']);
    expect(textsOf(report, 'desc')).toEqual(['3 lines; that of the leading member (1) begins at 1 and ends at 0.01 after step 90']);
    const lines = [...(svgs[0]?.querySelectorAll('g[aria-label="line"] path') ?? [])];
    expect(lines.map((line) => line.querySelector('title')?.textContent)).toEqual([
      'member 2, trial 22: 2.0000',
      'member 3, trial 23: –',
      'member 1, trial 21: 1.0000',
    ]);
    // Horizontal and vertical pieces only: no value lies between two others.
    for (const line of lines) expect(line.getAttribute('d')).toMatch(/^M[\d.]+,[\d.]+([HVL][\d.,]+)*$/);
  });

  it('has the scale of the search space: equal ratios are equal distances', () => {
    const halves = withMembers([
      member(1, {
        earlierValues: [
          { until: 30, parameters: { rate: 1 } },
          { until: 60, parameters: { rate: 0.1 } },
        ],
      }),
    ]);
    const [line] = [...(changes(halves)?.querySelectorAll('g[aria-label="line"] path') ?? [])];
    const heights = [...new Set([...String(line?.getAttribute('d')).matchAll(/,([\d.]+)/g)].map(([, y]) => Number(y)))];
    expect(heights).toHaveLength(3);
    const [first = 0, second = 0, third = 0] = heights;
    expect(second - first).toBeCloseTo(third - second, 0);
    expect(textsOf(halves, 'figcaption')).toEqual(['rate of each member against the step (logarithmic axis).']);
  });

  it('lists the values of the leading member, choices too, and says that its last values alone are not the result', () => {
    const report = withMembers(members);
    const rows = [...(changes(report)?.querySelectorAll('table tr') ?? [])];
    expect(rows.map((row) => [...row.children].map(({ textContent }) => textContent))).toEqual([
      ['steps', 'slope', 'rate'],
      ['1 – 30', 'first', '1'],
      ['31 – 60', '<b>', '1'],
      ['61 – 90', '<b>', '0.01'],
    ]);
    expect(textsOf(report, 'p')[0]).toMatch(
      /^Of the members as they ended, member 1 leads \(trial 21: .+ 1\.0000 after 90 steps, 2 changes\)\. The best trial of the study is 1, after 9 steps\. /,
    );
    expect(textsOf(report, '.legend li')).toEqual(['the leading member (1)', '2 other members (equal lines overlap)']);
  });

  it('has a table alone where only choices changed, and no section where nothing did', () => {
    const choice = withMembers([member(1, { earlierValues: [{ until: 30, parameters: { slope: 'first' } }] })]);
    expect([changes(choice)?.querySelectorAll('svg').length, changes(choice)?.querySelectorAll('tr').length]).toEqual([0, 3]);
    expect(changes(withMembers([member(1), member(2)]))).toBeNull();
    expect(changes(reportOf())).toBeNull();
  });

  it('names no other trial as the best one where the leading member has it, and says that the study goes on', () => {
    const own = withMembers([member(1, { number: 1, earlierValues: [{ until: 30, parameters: { rate: 1 } }] })]);
    expect(textsOf(own, 'p')[0]).toMatch(
      /^Of the members as they ended, member 1 leads \(trial 1: .+, 1 change\)\. The values of the last/,
    );
    expect(textsOf({ ...withMembers(members), endedAt: null }, 'p')[0]).toMatch(/^Of the members as they are now, /);
  });

  it('calls the rungs of a population rounds, which save no steps', () => {
    const rounds = section(withMembers(members), 'Rounds');
    expect([...(rounds?.querySelectorAll('thead th') ?? [])].map(({ textContent }) => textContent)).toEqual(
      expect.arrayContaining(['round', 'went on']),
    );
    expect(rounds?.textContent).not.toContain('saved');
    const rungs = section(withMembers(null), 'Rungs');
    expect(rungs?.querySelector('thead')?.textContent).toContain('steps saved');
  });
});
