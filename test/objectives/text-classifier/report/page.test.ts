import { parseHTML } from 'linkedom';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ReportRepresentation } from '../../../../src/api/report.ts';
import { representReport } from '../../../../src/api/report-representation.ts';
import type { ReportFindings } from '../../../../src/campaigns/reporting/findings.ts';
import { evaluationCurvePlot } from '../../../../src/report/evaluation-curve.ts';
import { reportPage } from '../../../../src/report/page.ts';
import { sampleFindings, sampleReport, sampleStudyReport } from './sample-report.ts';

let report: ReportRepresentation;
let page: string;
beforeAll(() => {
  report = sampleReport(0.06);
  page = reportPage(report);
});

const textOf = (html: string): string => parseHTML(html).document.body.textContent ?? '';
const texts = (html: string, selector: string): string[] =>
  [...parseHTML(html).document.querySelectorAll(selector)].map((element) => String(element.textContent).trim());

/** The lines of measured curves, without the ruled one of no skill. */
const linesOf = (svg: string): string[] =>
  [...parseHTML(svg).document.querySelectorAll('g[aria-label="line"] path')].map((path) => String(path.getAttribute('d')));

describe('the page of a campaign', () => {
  it('needs nothing else: no script, no address to load from, no event handler', () => {
    expect(page).not.toMatch(/<script|<iframe|<img|@import|url\(|src=/i);
    expect(page.match(/(?:href|xlink:href)="[^"]*"/g)).toEqual(['href="data:,"']);
    expect(page).not.toMatch(/\son[a-z]+="/i);
    expect(page).not.toMatch(/https?:\/\/(?!www\.w3\.org)/);
  });

  it('has a row for each search and the final, and below each the published numbers', () => {
    const rows = texts(page, 'table.methods tbody th');
    const names = ['random', 'bayesian', 'genetic-1', 'genetic-2', 'genetic-3', 'final-grid'];
    expect(rows.filter((_, index) => index % 2 === 0).map((text) => names.find((name) => text.startsWith(name)))).toEqual(names);
    expect(rows.filter((_, index) => index % 2 === 1)).toEqual(names.map(() => 'the paper'));
    const paper = [...parseHTML(page).document.querySelectorAll('tr.published')].map((row) =>
      [...row.querySelectorAll('td')].map((cell) => String(cell.textContent)).filter((text) => text !== ''),
    );
    expect(paper[2]).toEqual(['0.012', '54', '3', '429', '0.9378', '23h30m']);
    expect(paper[5]).toEqual(['0.0075', '85', '3', '475', '0.946', '7h05m']);
  });

  it('sums up the searches and the final, and then the evaluation', () => {
    const rows = texts(page, 'table.methods tfoot th');
    expect(rows).toEqual(['searches and final', 'evaluation']);
    const alone = { ...report, methods: report.methods.filter(({ kind }) => kind === 'search') };
    expect(texts(reportPage(alone), 'table.methods tfoot th')[0]).toBe('all searches');
  });

  it('lets whatever is wider than a narrow screen scroll by the keyboard, under a name', () => {
    const wide = [...parseHTML(page).document.querySelectorAll('.scroll')];
    expect(wide).toHaveLength(4);
    for (const element of wide) {
      expect([element.getAttribute('role'), element.getAttribute('tabindex')]).toEqual(['region', '0']);
      expect(element.getAttribute('aria-label')).toBeTruthy();
    }
  });

  it('gives every row of a table as many cells as its header has columns', () => {
    for (const table of parseHTML(page).document.querySelectorAll('table')) {
      const widths = [...table.querySelectorAll('tbody tr, tfoot tr')].map((row) =>
        [...row.children].reduce((sum, cell) => sum + Number(cell.getAttribute('colspan') ?? 1), 0),
      );
      const [first, second] = [...table.querySelectorAll('thead tr')].map((row) => [...row.children]);
      const deep = (first ?? []).filter((cell) => cell.getAttribute('rowspan') === '2').length;
      const columns = second ? second.length + deep : (first?.length ?? 0);
      expect(new Set(widths), String(table.className)).toEqual(new Set([columns]));
    }
  });

  it('says in words what each plot shows, under ids of its own', () => {
    const { document } = parseHTML(page);
    const plots = [...document.querySelectorAll('svg.plot')];
    expect(plots).toHaveLength(4 + report.finalists.length);
    for (const plot of plots) {
      expect(plot.getAttribute('role')).toBe('img');
      const named = String(plot.getAttribute('aria-labelledby')).split(' ');
      expect(named.map((id) => document.getElementById(id)?.localName)).toEqual(['title', 'desc']);
      for (const id of named) expect(String(document.getElementById(id)?.textContent).length).toBeGreaterThan(10);
      expect(plot.closest('figure')?.querySelector('figcaption')?.textContent).toMatch(/\.$/);
    }
    const ids = [...document.querySelectorAll('[id]')].map((element) => element.id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('draws only numbers', () => {
    expect(page).not.toMatch(/NaN|Infinity|undefined|\[object/);
  });

  it('takes its colours from the page, so that it is read in the dark and in print', () => {
    expect(page).toContain('prefers-color-scheme:dark');
    expect(page).toContain('@media print');
    const svg = page.match(/<svg.*?<\/svg>/gs)?.join('') ?? '';
    expect(svg.match(/(?:stroke|fill)="(?!none|currentColor|inherit|var\()[^"]*"/g)).toBeNull();
    const used = new Set(page.match(/var\((--[a-z]+-\d)\)/g)?.map((name) => name.slice(4, -1)));
    for (const name of used) expect(page.split(`${name}:`).length - 1, name).toBe(3);
  });

  it('shows each table of counts with counts and shares that add up', () => {
    const [matrix] = report.finalists;
    const counts = matrix?.test?.tables[0]?.cells.flat() ?? [];
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(5000);
    const [first] = parseHTML(page).document.querySelectorAll('table.counts');
    const cells = [...(first?.querySelectorAll('td') ?? [])].map((cell) => String(cell.textContent));
    const shares = [...(first?.querySelectorAll('td small') ?? [])].map((share) => Number.parseFloat(String(share.textContent)));
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(100, 0);
    expect(cells[0]).toContain(counts[0]?.toLocaleString('en-US'));
    expect(cells[3]).toContain(counts[3]?.toLocaleString('en-US'));
  });

  it('is the same text for the same report', () => {
    expect(reportPage(report)).toBe(page);
  });
});

it('escapes whatever a client may have named or chosen', () => {
  const evil = `<script>alert("1")</script>&'`;
  const page = reportPage({
    ...report,
    name: evil,
    outcome: { reason: 'done', detail: evil },
    leaders: [{ part: evil, trial: 1, value: 0.5, parameters: { [evil]: evil } }],
    bestSoFar: report.bestSoFar.map((curve) => ({ ...curve, part: evil })),
    methods: report.methods.map((method) => ({ ...method, part: evil, method: evil })),
    finalists: report.finalists.map((finalist) => ({ ...finalist, parameters: { optimizer: evil }, foundBy: [{ part: evil, trial: 1 }] })),
    definition: { ...report.definition, searchSpace: [{ type: 'categorical', name: 'optimizer', choices: [evil, 'adam'] }] },
  });
  expect(page).not.toContain('<script');
  expect(parseHTML(page).document.querySelector('h1')?.textContent).toBe(evil);
});

it('says what is not there yet, before any trial ended', () => {
  const { campaign, searches } = sampleFindings(0.02);
  if (!campaign) throw new Error('it is a campaign');
  const nothing = {
    charged: 0,
    completed: 0,
    failed: 0,
    pruned: 0,
    sources: { trained: 0, reused: { equal: 0, longer: 0 }, imported: 0 },
    trainings: 0,
    interrupted: 0,
  };
  const costs = {
    stepsDone: 0,
    stepsTrained: 0,
    stepsReused: 0,
    stepsSaved: 0,
    heldSeconds: 0,
    firstStartedAt: null,
    lastFinishedAt: null,
  };
  const waiting = searches.map((part) => ({
    ...part,
    totals: { ...nothing, ...costs },
    leaders: [],
    improvements: [],
    generations: [],
    points: [],
  }));
  const page = reportPage(
    representReport({
      campaign: { ...campaign, state: 'active', outcome: null, endedAt: null },
      searches: waiting,
      evaluations: [],
      finalists: [],
    }),
  );
  expect(texts(page, '.nothing')).toHaveLength(6);
  expect(page).not.toMatch(/NaN|Infinity|undefined/);
  expect(texts(page, 'table.methods tbody td').filter((text) => text === '–').length).toBeGreaterThan(0);
});

it('says of what ended without finalists that there are none, not that they are to come', () => {
  const ended = { ...report, state: 'cancelled' as const, outcome: { reason: 'cancelled', detail: 'cancelled by request' }, finalists: [] };
  const page = reportPage(ended);
  expect(texts(page, '.nothing')).toEqual(['Nothing here: the campaign ended before finalists and winner were known.']);
  expect(texts(page, '.answer strong')).toEqual([expect.stringMatching(/^Best: /)]);
  expect(texts(reportPage({ ...ended, state: 'active', outcome: null, endedAt: null }), '.answer strong')).toEqual([
    expect.stringMatching(/^Best so far: /),
  ]);
});

it('shows trials whose training diverged as results of no method, unless the campaign ranks by value', () => {
  const { campaign, ...findings } = sampleFindings(0.02);
  if (!campaign) throw new Error('it is a campaign');
  const diverged = (trials: ReportFindings['searches'][number]['leaders']) => trials.map((trial) => ({ ...trial, diverged: true }));
  const searches = findings.searches.map((part) => ({ ...part, leaders: diverged(part.leaders), points: diverged(part.points) }));
  const by = (ranking: 'finite-first' | 'by-value') =>
    representReport({ campaign: { ...campaign, spec: { ...campaign.spec, ranking } }, searches, evaluations: [], finalists: [] });
  const [finite, value] = [by('finite-first'), by('by-value')];
  expect(finite.methods.map(({ best }) => best)).toEqual(searches.map(() => null));
  expect(finite.leaders).toEqual([]);
  expect(new Set(finite.trials.rows.map(([, , shown]) => shown))).toEqual(new Set([null]));
  expect(value.methods.map(({ best }) => best?.value)).toEqual(searches.map(({ leaders }) => leaders[0]?.value));
  expect(value.trials.rows.every(([, , shown]) => typeof shown === 'number')).toBe(true);
});

it('names everything that found the winner', () => {
  const foundBy = [
    { part: 'final-grid', trial: 1 },
    { part: 'bayesian', trial: 0 },
  ];
  const finalists = report.finalists.map((finalist) => (finalist.winner ? { ...finalist, foundBy } : finalist));
  expect(texts(reportPage({ ...report, finalists }), '.answer')[0]).toContain('found by final-grid #1 and bayesian #0;');
});

it('draws a precision-recall curve from recall 0 on, and whole, however low it goes', () => {
  const [curve] = report.finalists[0]?.test?.curves ?? [];
  if (!curve) throw new Error('the winner is measured');
  const words = { id: 'one', title: 'one', description: 'one' };
  const curveOf = (points: [number, number][]): string => evaluationCurvePlot({ first: { ...curve, points }, repeats: [] }, words);
  // A model that gives every text the same score: one threshold, the line of no skill.
  const [level] = linesOf(curveOf([[1, 0.5]]));
  expect(level).toMatch(/^M46,([\d.]+)L46,\1L420,\1$/);
  const steep = curveOf([
    [0, 0],
    [0.5, 0.02],
    [1, 0.5],
  ]);
  const heights = linesOf(steep).flatMap((path) => [...path.matchAll(/,([\d.]+)/g)].map(([, y]) => Number(y)));
  expect(Math.max(...heights)).toBeLessThanOrEqual(320 - 40);
});

it('shows of a study what applies to it: no test columns, no paper section, no evaluation', () => {
  const page = reportPage(sampleStudyReport('genetic-3', 0.06));
  expect(texts(page, 'h2')).toEqual([
    'Results and costs',
    'Best value so far',
    'Values by generation',
    'The best configurations',
    'All trials',
  ]);
  expect(textOf(page)).not.toContain('test split ranks');
  expect(texts(reportPage(sampleStudyReport('random', 0.06)), 'h2')).not.toContain('Values by generation');
});

it('draws gaps for parameters that do not exist, categorical axes, log axes and values that are lower when better', () => {
  const small: ReportRepresentation = {
    ...sampleReport(0.02),
    finalists: [],
    definition: {
      ...report.definition,
      metric: { name: 'loss', direction: 'minimize' },
      searchSpace: [
        { type: 'float', name: 'learningRate', low: 0.0001, high: 1, scale: 'log' },
        { type: 'categorical', name: 'optimizer', choices: ['adam', 'sgd'] },
        { type: 'float', name: 'dropout', low: 0, high: 0.5, scale: 'linear', when: { parameter: 'optimizer', values: ['adam'] } },
        { type: 'int', name: 'batchSize', low: 64, high: 64, step: 1, scale: 'linear' },
      ],
    },
    trials: {
      columns: ['part', 'trial', 'value', 'learningRate', 'optimizer', 'dropout', 'batchSize'],
      parts: ['random'],
      rows: [
        [0, 0, 0.4, 0.01, 'adam', 0.1, 64],
        [0, 1, 0.3, 1, 'sgd', null, 64],
        [0, 2, null, 0.1, 'sgd', null, 64],
      ],
      completed: 3,
    },
  };
  const page = reportPage(small);
  expect(page).not.toMatch(/NaN|Infinity|undefined/);
  const text = textOf(page);
  for (const label of ['learningRate (log)', 'adam', 'sgd', 'A gap', 'All 2 completed trials that have a value'])
    expect(text).toContain(label);
  expect(texts(page, '.legend li').find((item) => item.startsWith('best 2 %'))).toContain('none');
});

describe('a final that trains on more texts than the searches', () => {
  const findings = sampleFindings(0.02);
  const { campaign } = findings;
  const final = campaign?.spec.final;
  if (!campaign || !final) throw new Error('the preset has a final');
  const apart = representReport({
    ...findings,
    campaign: { ...campaign, spec: { ...campaign.spec, final: { ...final, trainSize: 'all' } } },
  });
  const together = representReport(findings);

  it('is listed by itself: its values stand nowhere beside those of the searches', () => {
    const searches = together.methods.filter(({ kind }) => kind === 'search').map(({ part }) => part);
    expect(together.trials.parts).toEqual([...searches, 'final-grid']);
    expect(together.finalLeaders).toEqual([]);
    expect([apart.trials.parts, apart.bestSoFar.map(({ part }) => part)]).toEqual([searches, searches]);
    expect(apart.leaders.map(({ part }) => part)).not.toContain('final-grid');
    expect(new Set(apart.finalLeaders.map(({ part }) => part))).toEqual(new Set(['final-grid']));
    expect(apart.methods.map(({ part }) => part)).toEqual(together.methods.map(({ part }) => part));
  });

  it('has a table of its own on the page, which says what both were trained on', () => {
    const page = reportPage(apart);
    expect(texts(page, 'table.leaders')).toHaveLength(2);
    expect(textOf(page)).toContain('Of the searches (lstm-text-classifier on imdb, trained on 4,000 texts):');
    expect(textOf(page)).toContain('Of the final (lstm-text-classifier on imdb, trained on all texts):');
    expect(texts(reportPage(together), 'table.leaders')).toHaveLength(1);
  });
});
