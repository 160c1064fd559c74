import { describe, expect, test } from 'vitest';
import { campaignProgress } from '../../src/cli/campaign-progress.ts';
import { campaignRows } from '../../src/cli/campaign-rows.ts';
import { eventually } from '../support/eventually.ts';
import { campaign, endedCampaign, endedPart, part } from './campaigns.ts';
import { screen } from './screen.ts';

const clockAt = () => {
  const clock = { seconds: 1000, read: () => clock.seconds };
  return clock;
};

describe('the rows of a campaign', () => {
  test('are its parts in order, those to come included; the repeats share one', () => {
    expect(campaignRows(campaign()).map(({ name, done, total, text }) => [name, done, total, text])).toEqual([
      ['random', 6, 12, '6 of 12 · best value 0.9124'],
      ['bayesian', 0, 12, '0 of 12'],
      ['final-grid', 0, 0, 'to come'],
      ['test', 0, 0, 'to come'],
      ['repeats', 0, 0, 'to come'],
    ]);
    expect(campaignRows(endedCampaign()).at(-1)).toMatchObject({ name: 'repeats', done: 6, total: 6, text: '6 of 6', open: false });
  });

  test('keep their places from the first look to the last', () => {
    const keys = (of: ReturnType<typeof campaign>): string[] => campaignRows(of).map(({ key }) => key);
    expect(keys(endedCampaign())).toEqual(keys(campaign()));
  });

  test('count completed, failed and pruned trials, not queued, running and cancelled ones', () => {
    const trials = { queued: 1, running: 2, completed: 4, pruned: 8, failed: 16, cancelled: 32 };
    expect(campaignRows(campaign({ parts: [part({ trials })] }))[0]?.done).toBe(28);
  });

  test('name a state that is worth knowing, and no end where there is none', () => {
    const parts = [
      part({ state: 'paused', progress: { finished: 7, planned: null, observed: 6, suggested: 9 } }),
      endedPart({ name: 'second', state: 'failed', best: null }),
    ];
    expect(campaignRows(campaign({ parts, upcoming: [] }))).toMatchObject([
      { text: '7 · best value 0.9124 · paused', total: 9 },
      { text: '12 of 12 · failed' },
    ]);
  });

  test('are told apart by what they are for, whatever a study is called', () => {
    const parts = [part({ name: 'repeats' }), part({ name: 'all' }), part({ kind: 'repeat', name: 'repeat-1' })];
    expect(new Set(campaignRows(campaign({ parts, upcoming: [] })).map(({ key }) => key)).size).toBe(3);
  });
});

describe('progress without a terminal', () => {
  test('is a line with the parts that are open and the whole; the rate follows once it is known', () => {
    const [clock, to] = [clockAt(), screen()];
    const progress = campaignProgress(to, clock.read);
    progress.show(campaign());
    clock.seconds += 10;
    progress.show(campaign({ parts: [endedPart(), part({ name: 'bayesian' })], stepsDone: 50, stepsTrained: 33, remainingSeconds: 2400 }));
    expect(to.text()).toBe(
      [
        'random 6 of 12 · best value 0.9124 | bayesian 0 of 12 | 0 of 6 parts · 21 steps done, 18 trained\n',
        'bayesian 6 of 12 · best value 0.9124 | 1 of 6 parts · 50 steps done, 33 trained · 1.5 steps/s · about 40 min left\n',
      ].join(''),
    );
  });

  test('comes no more often than it may, and only when something has changed', () => {
    const [clock, to] = [clockAt(), screen({ plainLineSeconds: 5 })];
    const progress = campaignProgress(to, clock.read);
    const showAt = (seconds: number, stepsDone: number): void => {
      clock.seconds = 1000 + seconds;
      progress.show(campaign({ stepsDone }));
    };
    for (const [seconds, steps] of [
      [0, 1],
      [4, 2],
      [5, 3],
      [9, 4],
      [70, 4],
      [80, 4],
    ] as const)
      showAt(seconds, steps);
    expect(to.text().match(/\d+ steps? done/g)).toEqual(['1 step done', '3 steps done', '4 steps done']);
  });
});

/** What a terminal of 200 columns shows after a text, line by line: the few control sequences that progress uses, and no others. */
function shown(text: string): string[] {
  const lines: string[] = [];
  let [row, column] = [0, 0];
  // biome-ignore lint/suspicious/noControlCharactersInRegex: terminals are controlled by them
  for (const [token, code, last] of text.matchAll(/\u001b\[(\??\d*)([A-Za-z])|\n|[^\u001b\n]+/g)) {
    if (token === '\n') [row, column] = [row + 1, 0];
    else if (last === 'A') row -= Number(code);
    else if (last === 'G') column = Number(code) - 1;
    else if (last === 'K') lines[row] = (lines[row] ?? '').slice(0, column);
    else if (last === undefined) {
      lines[row] = (lines[row] ?? '').slice(0, column).padEnd(column) + token + (lines[row] ?? '').slice(column + token.length);
      column += token.length;
    } else if (last !== 'h' && last !== 'l') throw new Error(`a terminal of this test does not know ${JSON.stringify(token)}`);
  }
  return Array.from(lines, (line) => (line ?? '').trimEnd());
}

describe('progress on a terminal', () => {
  const bar = (done: number): string => '█'.repeat(done) + '░'.repeat(20 - done);

  test('is a bar for each part and one for all, in line, the last state left at the end with the cursor below', () => {
    const to = screen({ terminal: true });
    const progress = campaignProgress(to, clockAt().read);
    progress.show(campaign());
    progress.show(endedCampaign());
    progress.end();
    to.stream.write('next');
    expect(shown(to.text())).toEqual([
      `random     ${bar(20)} 12 of 12 · best value 0.9124`,
      `bayesian   ${bar(20)} 12 of 12 · best value 0.9124`,
      `final-grid ${bar(20)} 16 of 16 · best value 0.9124`,
      `test       ${bar(20)} 3 of 3`,
      `repeats    ${bar(20)} 6 of 6`,
      `all        ${bar(20)} 6 of 6 parts · 160 steps done, 90 trained`,
      'next',
    ]);
  });

  test('shows parts to come as empty bars, and says which were left out', () => {
    const to = screen({ terminal: true });
    const progress = campaignProgress(to, clockAt().read);
    progress.show(campaign());
    progress.show(campaign({ parts: [endedPart(), endedPart({ name: 'bayesian' }), part({ kind: 'test', name: 'test' })], upcoming: [] }));
    progress.end();
    expect(shown(to.text()).slice(2, 5)).toEqual([
      `final-grid ${bar(0)} left out`,
      `test       ${bar(10)} 6 of 12`,
      `repeats    ${bar(0)} left out`,
    ]);
  });

  test('ends once however often it is told to, draws nothing after it, and shows the cursor again', () => {
    const to = screen({ terminal: true });
    const progress = campaignProgress(to, clockAt().read);
    progress.show(campaign());
    progress.end();
    const before = to.text();
    progress.end();
    progress.show(endedCampaign());
    expect(to.text()).toBe(before);
    expect(before.lastIndexOf('\u001b[?25h')).toBeGreaterThan(before.lastIndexOf('\u001b[?25l'));
  });

  test('leaves nothing of the ^C that the terminal writes where the cursor stands', async () => {
    const to = screen({ terminal: true });
    const progress = campaignProgress(to, clockAt().read);
    progress.show(campaign());
    await eventually(() => expect(to.text()).toContain('0 of 6 parts'));
    to.stream.write('\u001b[1G^C');
    progress.end();
    expect(shown(to.text()).at(-1)).toBe(`all        ${bar(0)} 0 of 6 parts · 21 steps done, 18 trained`);
  });

  test('that ends before it began draws nothing', () => {
    const to = screen({ terminal: true });
    campaignProgress(to, clockAt().read).end();
    expect(to.text()).toBe('');
  });

  test('is the bar for all alone where the terminal is too low for the others', () => {
    const to = screen({ terminal: true, rows: 6 });
    const progress = campaignProgress(to, clockAt().read);
    progress.show(campaign());
    progress.end();
    expect(shown(to.text())).toEqual([`all        ${bar(0)} 0 of 6 parts · 21 steps done, 18 trained`]);
  });

  test('leaves signals to the program: it listens to none itself', () => {
    const listeners = process.listenerCount('SIGINT');
    const progress = campaignProgress(screen({ terminal: true }), clockAt().read);
    progress.show(campaign());
    expect(process.listenerCount('SIGINT')).toBe(listeners);
    progress.end();
  });
});
