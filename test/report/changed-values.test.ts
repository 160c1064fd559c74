import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { type ReportRepresentation, reportSchema } from '../../src/api/report.ts';
import { reportPage } from '../../src/report/page.ts';
import { samplerOptionsSchema } from '../../src/samplers/table.ts';
import { searchSpaceSchema } from '../../src/space/schema.ts';
import type { MemberTrial } from '../../src/studies/ports/report-reads.ts';
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
  return { member: place, number: 20 + place, value: place, steps: 90, copied: 0, parameters, earlierValues: [], ...differences };
}

/** The best one changed twice, the second once, the third never. */
const members = [
  member(1, {
    copied: 2,
    earlierValues: [
      { until: 30, parameters: { rate: 1, momentum: 0.5, slope: 'first' } },
      { until: 60, parameters: { rate: 1, momentum: 0.5, slope: '<b>' } },
    ],
  }),
  member(2, { copied: 1, earlierValues: [{ until: 30, parameters: { rate: 0.1, momentum: 0.5, slope: '<b>' } }] }),
  member(3, { value: null }),
];

function withMembers(found: readonly MemberTrial[] | null): ReportRepresentation {
  const { study } = prunedFindings();
  const rungs = [{ rung: 0, fewestSteps: 30, mostSteps: 30, trials: 3, wentOn: 2, best: 1, stepsSaved: 0 }];
  const sampler = found === null ? study.spec.sampler : samplerOptionsSchema.parse({ type: 'pbt', fidelity: 'steps' });
  return reportSchema.parse(reportOf({ study: { ...study, spec: { ...study.spec, searchSpace, sampler } }, rungs, members: found }));
}

function section(report: ReportRepresentation, heading: string) {
  const { document } = parseHTML(reportPage(report));
  return [...document.querySelectorAll('section')].find((one) => one.querySelector('h2')?.textContent === heading) ?? null;
}
const changes = (report: ReportRepresentation) => section(report, 'How the values changed');
const textsOf = (report: ReportRepresentation, selector: string): string[] =>
  [...(changes(report)?.querySelectorAll(selector) ?? [])].map(({ textContent }) => String(textContent).trim());

describe('the members of a report', () => {
  it('have a stretch for each change, with the parameters that changed in any of them, in the order of the space', () => {
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
    expect(found[0]).toMatchObject({ member: 1, trial: 21, value: 1, steps: 90, copied: 2 });
    expect(found[2]).toMatchObject({ value: null, copied: 0 });
  });

  it('leave out a parameter of those members in which it is not active', () => {
    const parameters = { momentum: 0.5, rate: 0.01, slope: 'first', batch: 10, steps: 90 };
    const active = member(4, { parameters, earlierValues: [{ until: 30, parameters: { batch: 20 } }] });
    const found = withMembers([active, member(3)]).members ?? [];
    expect(found.map(({ history }) => history.map((stretch) => stretch.parameters))).toEqual([[{ batch: 20 }, { batch: 10 }], [{}]]);
  });

  it('are absent for other samplers, and before a trial has ended', () => {
    for (const found of [null, []]) expect(withMembers(found)).not.toHaveProperty('members');
  });
});

describe('the page of a report with members', () => {
  it('draws a plot of each number that changed, with a step line for each member, the best one last', () => {
    const report = withMembers(members);
    const svgs = [...(changes(report)?.querySelectorAll('svg.plot') ?? [])];
    expect(svgs.map((svg) => svg.querySelector('title')?.textContent)).toEqual(['rate of each member against its steps']);
    expect(textsOf(report, 'desc')).toEqual(['3 lines; the best one, of member 1, begins at 1 and ends at 0.01 after step 90']);
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

  it('lists the values of the best member, choices too, and says that its last values alone are not the result', () => {
    const report = withMembers(members);
    const rows = [...(changes(report)?.querySelectorAll('table tr') ?? [])];
    expect(rows.map((row) => [...row.children].map(({ textContent }) => textContent))).toEqual([
      ['steps', 'slope', 'rate'],
      ['1 – 30', 'first', '1'],
      ['31 – 60', '<b>', '1'],
      ['61 – 90', '<b>', '0.01'],
    ]);
    expect(textsOf(report, 'p')[0]).toMatch(
      /^Member 1 \(trial 21\) is the best one: .+ 1\.0000 after 90 steps, with 2 changes of its values on the way\./,
    );
    expect(textsOf(report, '.legend li')).toEqual(['the best member (1)', '2 other members (of equal lines one is seen)']);
  });

  it('has a table alone where only choices changed, and no section where nothing did', () => {
    const choice = withMembers([member(1, { earlierValues: [{ until: 30, parameters: { slope: 'first' } }] })]);
    expect([changes(choice)?.querySelectorAll('svg').length, changes(choice)?.querySelectorAll('tr').length]).toEqual([0, 3]);
    expect(changes(withMembers([member(1), member(2)]))).toBeNull();
    expect(changes(reportOf())).toBeNull();
  });

  it('says beside the best configuration that its earlier steps had other values', () => {
    const answer = (found: readonly MemberTrial[]) =>
      parseHTML(reportPage(withMembers(found))).document.querySelector('.answer')?.textContent;
    const note = 'its earlier steps had other values, see “How the values changed”';
    expect(answer([member(1, { number: 1, earlierValues: [{ until: 30, parameters: { rate: 1 } }] })])).toContain(note);
    expect(answer([member(1, { number: 1 })])).not.toContain(note);
    expect(answer(members)).not.toContain(note);
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
