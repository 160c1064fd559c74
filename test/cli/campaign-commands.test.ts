import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { representDryRun } from '../../src/api/campaign-request.ts';
import { campaign, campaignId, campaignSpec, campaignSummary, endedCampaign, winner } from './campaigns.ts';
import { commandLine } from './command-line.ts';
import { inTurn, listed } from './fake-client.ts';
import { sampleReport } from './report.ts';

vi.mock('../../src/objectives/test-function/objective.ts', async (original) => {
  const { withEveryFeature } = await import('../objectives/every-feature.ts');
  return withEveryFeature(await original());
});

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clavier-campaign-'));
});
afterAll(() => rm(folder, { recursive: true }));

const report = sampleReport();
const createCampaign = async () => campaign();

describe('campaign create', () => {
  test('sends the definition as the file has it, and prints the campaign on one line', async () => {
    const file = join(folder, 'campaign.json');
    await writeFile(file, '{"name": "mine"}');
    const { code, out, err, calls } = await commandLine(['campaign', 'create', '-f', file], { createCampaign });
    expect(calls).toEqual([['createCampaign', { name: 'mine' }]]);
    expect([code, out, err]).toEqual([0, `${campaignId}  two-methods  active  0 of 6 parts ended\n`, '']);
  });

  test('sends a preset and its scale without a file', async () => {
    const line = ['campaign', 'create', '--preset', 'landscape', '--scale', '0.1', '--json'];
    const { code, out, calls } = await commandLine(line, { createCampaign });
    expect(calls).toEqual([['createCampaign', { preset: 'landscape', scale: 0.1 }]]);
    expect([code, JSON.parse(out)]).toEqual([0, campaign()]);
  });

  test('adds preset and scale to what is piped in, and scales a preset that the definition names', async () => {
    const definition = { input: '{"name": "mine", "scale": 1}' };
    const line = ['campaign', 'create', '-f', '-', '--scale', '0'];
    const { calls } = await commandLine([...line, '--preset', 'landscape'], { createCampaign }, definition);
    expect(calls).toEqual([['createCampaign', { name: 'mine', preset: 'landscape', scale: 0 }]]);
    const named = await commandLine(line, { createCampaign }, { input: '{"preset": "landscape"}' });
    expect(named.calls).toEqual([['createCampaign', { preset: 'landscape', scale: 0 }]]);
  });

  test('with neither file nor preset, or a scale of nothing, asks nothing and ends with 2', async () => {
    const none = await commandLine(['campaign', 'create']);
    expect([none.code, none.calls]).toEqual([2, []]);
    expect(none.err).toBe('clavier: nothing to create: give -f FILE with a definition, or --preset NAME (see clavier preset list)\n');
    const scaled = await commandLine(['campaign', 'create', '-f', '-', '--scale', '1'], {}, { input: '{}' });
    expect([scaled.code, scaled.calls]).toEqual([2, []]);
    expect(scaled.err).toBe('clavier: --scale needs a preset: add --preset\n');
  });

  test.each(['-0.1', '1.1', 'half', ''])('refuses --scale %j with 2, without asking', async (scale) => {
    const { code, err, calls } = await commandLine(['campaign', 'create', '--preset', 'landscape', `--scale=${scale}`]);
    expect([code, calls]).toEqual([2, []]);
    expect(err).toContain('It must be a number from 0 to 1.');
  });

  test('with --dry-run, or a definition that says so, creates nothing and prints what it would cost', async () => {
    const answer = await representDryRun(campaignSpec, []);
    const dryRunCampaign = async () => answer;
    const { code, out, calls } = await commandLine(['campaign', 'create', '--preset', 'landscape', '--dry-run'], { dryRunCampaign });
    expect(calls).toEqual([['dryRunCampaign', { preset: 'landscape' }]]);
    expect(code).toBe(0);
    expect(out).toMatch(/\nin all .+\n.*Nothing was created\. .+\n$/s);
    const line = ['campaign', 'create', '-f', '-', '--json'];
    const said = await commandLine(line, { dryRunCampaign }, { input: '{"preset": "landscape", "dryRun": true}' });
    expect(said.calls).toEqual([['dryRunCampaign', { preset: 'landscape', dryRun: true }]]);
    expect(JSON.parse(said.out)).toEqual(answer);
  });

  test('with --watch stays until the end: id and progress beside the results, the report among them', async () => {
    const answers = { createCampaign, getCampaign: inTurn(campaign(), endedCampaign()), campaignReport: async () => report };
    const { code, out, err } = await commandLine(['campaign', 'create', '--preset', 'landscape', '--watch'], answers);
    expect(code).toBe(0);
    expect(err.split('\n')).toEqual([
      `Campaign ${campaignId}`,
      expect.stringMatching(/^random 6 of 12 · best value 0\.9124 \| bayesian 0 of 12 \| 0 of 6 parts/),
      expect.stringMatching(/^6 of 6 parts · 160 steps done, 90 trained/),
      'Done in 3 min 20 s: finalists and winner are evaluated.',
      '',
    ]);
    expect(out).toMatch(/^ +held-out .+\nmethod .+\nrandom .+\n\nWinner: /s);
  });
});

describe('campaign winner', () => {
  const found = winner();
  const answers = { winner: async () => found, getCampaign: async () => endedCampaign() };
  const repeated = { objectiveSeed: 1, trialId: found.trialId, state: 'completed' as const, validation: found.validation, test: null };

  test('prints the parameters as JSON to copy, in the order of the space, and each value', async () => {
    const { code, out, calls } = await commandLine(['campaign', 'winner', campaignId], answers, { columns: 80 });
    expect(calls.map(([name]) => name)).toEqual(['winner', 'getCampaign']);
    expect(code).toBe(0);
    expect(out).toBe(
      [
        'Winner of two-methods, found by trial 4 of random, trial 2 of bayesian',
        '',
        '{"learningRate":0.0105,"hiddenUnits":20,"epochs":4,"maxLength":60}',
        '',
        'value   validation  held-out    repeats: mean [range]',
        '──────  ──────────  ────────  ───────────────────────',
        'value       0.9000    0.8000  0.7500 [0.7000, 0.8000]',
        'gain        0.9500',
        'spread           –',
        'points                     1                 1 [1, 1]',
        '',
        'value on validation data ranks the configurations; held-out data only describes',
        'them. Repeats with other seeds that are measured: 1 of 2.',
        '',
      ].join('\n'),
    );
  });

  test('leaves out what is not measured', async () => {
    const alone = { ...found, test: null, repeats: { planned: 2, measured: 0, ranges: null, items: [] } };
    const { out } = await commandLine(['campaign', 'winner', campaignId], { ...answers, winner: async () => alone });
    expect(out).toMatch(/\nvalue {3}validation\n/);
    expect(out).toContain('This one is not measured on held-out data');
  });

  test('shows the limits beside the values that they are for, and which of its evaluations are beyond one', async () => {
    const items = [1, 2].map((repeat) => ({ ...repeated, repeat, violation: repeat === 1 ? null : 0 }));
    const limited = { ...found, violation: 0, testViolation: 0.00002, repeats: { ...found.repeats, items } };
    const spec = { ...campaignSpec, constraints: [{ metric: 'gain', min: 0.8 }] };
    const { out } = await commandLine(['campaign', 'winner', campaignId], {
      winner: async () => limited,
      getCampaign: async () => endedCampaign({ spec }),
    });
    expect(out).toMatch(/\nvalue {3}limit {9}validation /);
    expect(out).toMatch(/\ngain {4}at least 0.8 +0.9500\n/);
    expect(out.replaceAll('\n', ' ')).toContain(
      'Its trial in the part test is beyond a limit (violation 2.0e-5); 1 of 2 repeats is beyond a limit.',
    );
  });

  test.each([
    [[], false],
    [['--curves'], true],
  ])('prints the winner as JSON where it is asked to, with %j', async (options, curves) => {
    const { out, calls } = await commandLine(['campaign', 'winner', campaignId, '--json', ...options], answers);
    expect(calls).toEqual([['winner', campaignId, { curves }]]);
    expect(JSON.parse(out)).toEqual(found);
  });
});

describe('campaign list', () => {
  const listCampaigns = () => listed(campaignSummary(endedCampaign()));

  test('prints a line for each campaign', async () => {
    const { code, out, calls } = await commandLine(['campaign', 'list'], { listCampaigns });
    expect(calls).toEqual([['listCampaigns', {}]]);
    expect(code).toBe(0);
    expect(out.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
      ['id', 'name', 'state', 'finished', 'best', 'created (UTC)', 'studies'],
      expect.anything(),
      [campaignId, 'two-methods', 'completed', '12 of 40', '2026-11-24 12:00:00', 'random, bayesian'],
      [''],
    ]);
  });

  test('passes its filters on, and prints a JSON array where it is asked to', async () => {
    const filters = ['--state', 'active', '--name', 'x', '--label', 'team=search'];
    const { out, calls } = await commandLine(['campaign', 'list', ...filters, '--json'], { listCampaigns });
    expect(calls).toEqual([['listCampaigns', { state: 'active', name: 'x', label: 'team=search' }]]);
    expect(JSON.parse(out)).toEqual([campaignSummary(endedCampaign())]);
  });
});

describe('campaign change', () => {
  test('adds labels to those that the campaign has, and removes others', async () => {
    const labels = { team: 'one', old: 'x' };
    const getCampaign = async () => endedCampaign({ spec: { ...endedCampaign().spec, labels } });
    const changeCampaign = async () => endedCampaign();
    const args = ['campaign', 'change', campaignId, '--label', 'stage=done', '--remove-label', 'old'];
    const { code, out, calls } = await commandLine(args, { getCampaign, changeCampaign });
    expect(calls).toEqual([
      ['getCampaign', campaignId],
      ['changeCampaign', campaignId, { labels: { team: 'one', stage: 'done' } }],
    ]);
    expect([code, out]).toEqual([0, expect.stringMatching(`^${campaignId}  two-methods  completed`)]);
  });

  test('sends nothing without a label, and ends with 2', async () => {
    const { code, calls } = await commandLine(['campaign', 'change', campaignId]);
    expect([code, calls]).toEqual([2, []]);
  });
});

describe('campaign watch', () => {
  test.each([
    ['completed', 0],
    ['failed', 1],
    ['cancelled', 1],
  ] as const)('of a campaign that is %s prints the report and ends with %i', async (state, ending) => {
    const { code, out } = await commandLine(['campaign', 'watch', campaignId, '--json'], {
      getCampaign: inTurn(campaign(), endedCampaign({ state })),
      campaignReport: async () => report,
    });
    expect([code, JSON.parse(out)]).toEqual([ending, report]);
  });

  test('stopped ends with 130 at once, says that the campaign goes on, and changes nothing', async () => {
    const stop = new AbortController();
    const getCampaign = async () => {
      queueMicrotask(() => stop.abort());
      return campaign();
    };
    const { code, out, err, calls } = await commandLine(['campaign', 'watch', campaignId], { getCampaign }, { stop: stop.signal });
    expect([code, out]).toEqual([130, '']);
    expect(err).toMatch(/Stopped watching; the campaign continues\.\n$/);
    expect(calls).toEqual([['getCampaign', campaignId]]);
  });
});

describe('campaign report', () => {
  const answers = { campaignReport: async () => report, campaignReportHtml: async () => '<!doctype html>é' };

  test('prints the methods side by side and the winner', async () => {
    const { code, out, calls } = await commandLine(['campaign', 'report', campaignId], answers);
    expect(calls).toEqual([['campaignReport', campaignId]]);
    expect(code).toBe(0);
    expect(out).toMatch(/^ +held-out .+\nmethod .+\nfinal-grid .+\n\nWinner: .+\n$/s);
  });

  test('writes the page into a file beside it, and prints JSON where it is asked to', async () => {
    const html = join(folder, 'report.html');
    const { code, out } = await commandLine(['campaign', 'report', campaignId, '--html', html, '--json'], answers);
    expect([code, JSON.parse(out), await readFile(html, 'utf8')]).toEqual([0, report, '<!doctype html>é']);
  });

  test('of a campaign without a winner yet is the table alone', async () => {
    const campaignReport = async () => ({ ...report, finalists: [], outcome: null });
    const { out } = await commandLine(['campaign', 'report', campaignId], { campaignReport });
    expect(out).not.toMatch(/winner/i);
    expect(out.endsWith('\n\n')).toBe(false);
  });

  test('of a campaign that ended without a winner says why', async () => {
    const outcome = { reason: 'no-finalists', detail: 'no trial keeps all limits' };
    const { out } = await commandLine(['campaign', 'report', campaignId], {
      campaignReport: async () => ({ ...report, finalists: [], outcome }),
    });
    expect(out).toMatch(/\n\nNo winner: no trial keeps all limits\n$/);
  });

  test.each([
    [0, 'its trial in the part test keeps all limits; '],
    [0.25, 'its trial in the part test is beyond a limit (violation 0.2500); '],
    [null, 'a limited value of its trial in the part test is not finite; '],
    [undefined, ''],
  ])('says of a winner which limits it keeps, and which of its evaluations do not: %j in the part test', async (testViolation, text) => {
    const finalists = report.finalists.map((finalist) => ({
      ...finalist,
      violation: 0,
      ...(testViolation !== undefined && { testViolation }),
      repeats: finalist.repeats.map((repeat, index) => ({ ...repeat, violation: index === 0 ? 0.1 : 0 })),
    }));
    const definition = { ...report.definition, constraints: [{ metric: 'gain', min: 0.8, max: 2 }] };
    const campaignReport = async () => ({ ...report, definition, finalists });
    const { out } = await commandLine(['campaign', 'report', campaignId], { campaignReport });
    expect(out).toContain(`  keeps gain at least 0.8 and at most 2; ${text}1 of 2 repeats is beyond a limit\n`);
  });
});

test('campaign export prints the export byte for byte, or writes it into a file', async () => {
  const answers = { exportCampaign: async () => '{"é":1}' };
  expect(await commandLine(['campaign', 'export', campaignId], answers)).toMatchObject({ code: 0, out: '{"é":1}' });
  const file = join(folder, 'export.json');
  expect(await commandLine(['campaign', 'export', campaignId, '-o', file], answers)).toMatchObject({ code: 0, out: '' });
  expect(await readFile(file, 'utf8')).toBe('{"é":1}');
});

test.each([
  ['pause', 'pauseCampaign'],
  ['resume', 'resumeCampaign'],
  ['cancel', 'cancelCampaign'],
] as const)('campaign %s asks for that, and prints the campaign as it is then', async (move, method) => {
  const answers = { [method]: async () => campaign({ state: 'paused' }) };
  const { code, out, calls } = await commandLine(['campaign', move, campaignId], answers);
  expect(calls).toEqual([[method, campaignId]]);
  expect([code, out]).toEqual([0, `${campaignId}  two-methods  paused  0 of 6 parts ended\n`]);
  const { out: json } = await commandLine(['campaign', move, campaignId, '--json'], answers);
  expect(JSON.parse(json)).toEqual(campaign({ state: 'paused' }));
});

test.each([[[]], [['create']], [['list']], [['watch']], [['report']], [['export']], [['cancel']]])(
  'campaign %j --help prints examples and what the exit codes mean, and ends with 0',
  async (command) => {
    const { code, out } = await commandLine(['campaign', ...command, '--help']);
    expect(code).toBe(0);
    expect(out).toMatch(/\nExamples:\n {2}.*clavier campaign .+\n {6}.+\n/);
    expect(out).toMatch(/\nExit codes:\n {2}0 .+\n {2}1 .+\n {2}2 .+\n {2}3 .+\n {2}130 .+\n$/);
  },
);
