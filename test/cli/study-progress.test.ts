import { describe, expect, test } from 'vitest';
import { finishedTrials } from '../../src/api/study.ts';
import { studyProgress } from '../../src/cli/study-progress.ts';
import { samplerOptionsSchema } from '../../src/samplers/table.ts';
import { screen } from './screen.ts';
import { endedStudy, study } from './studies.ts';

const clockAt = () => {
  const clock = { seconds: 1000, read: () => clock.seconds };
  return clock;
};
const counts = (completed: number) => ({ queued: 3, running: 2, completed, pruned: 0, failed: 1, cancelled: 0 });

test('completed, failed and pruned trials are finished; queued, running and cancelled ones are not', () => {
  expect(finishedTrials({ queued: 1, running: 2, completed: 4, pruned: 8, failed: 16, cancelled: 32 })).toBe(28);
});

describe('progress without a terminal', () => {
  test('is a line with generation, trials and best value; rate and time left follow once they are known', () => {
    const [clock, to] = [clockAt(), screen()];
    const progress = studyProgress(to, clock.read);
    progress.show(study());
    clock.seconds += 10;
    progress.show(study({ trials: counts(20), stepsTrained: 85, remainingSeconds: 195 }));
    expect(to.text()).toBe(
      [
        '2 of 9 generations complete · 19 of 60 trials · best value 0.9124 (trial 7)\n',
        '2 of 9 generations complete · 21 of 60 trials · best value 0.9124 (trial 7) · 1.5 steps/s · about 3 min left\n',
      ].join(''),
    );
  });

  test('leaves out what a study does not have: generations, a best trial, a last trial', () => {
    const to = screen();
    const { budget: _, ...spec } = study().spec;
    const open = {
      spec: { ...spec, budget: { wallClockSeconds: 60 } },
      progress: { finished: 19, planned: null, observed: 18, suggested: 24 },
    };
    const progress = studyProgress(to, clockAt().read);
    progress.show(study({ ...open, best: null }));
    progress.show(study({ ...open, generation: null }));
    expect(to.text()).toBe('2 generations complete · 19 trials\n19 trials · best value 0.9124 (trial 7)\n');
  });

  test('counts the rounds of a population', () => {
    const { budget: _, ...spec } = study().spec;
    const sampler = samplerOptionsSchema.parse({ type: 'pbt', fidelity: 'epochs' });
    for (const [generations, text] of [
      [undefined, '1 round complete'],
      [9, '1 of 9 rounds complete'],
    ] as const) {
      const to = screen();
      const budget = generations === undefined ? {} : { generations };
      studyProgress(to, clockAt().read).show(study({ generation: 1, spec: { ...spec, sampler, budget } }));
      expect(to.text()).toContain(`${text} · `);
    }
  });

  test('has the size of the front in place of a best trial, where a study has several metrics', () => {
    const to = screen();
    studyProgress(to, clockAt().read).show(study({ best: null, front: { size: 3 } }));
    expect(to.text()).toBe('2 of 9 generations complete · 19 of 60 trials · front of 3 trials\n');
  });

  test('says how many trials were stopped early', () => {
    const to = screen();
    studyProgress(to, clockAt().read).show(study({ trials: { ...counts(10), pruned: 8 } }));
    expect(to.text()).toBe('2 of 9 generations complete · 19 of 60 trials · 8 stopped early · best value 0.9124 (trial 7)\n');
  });

  test('says that a study is paused, and names no time left after the last trial', () => {
    const [clock, to] = [clockAt(), screen()];
    const progress = studyProgress(to, clock.read);
    progress.show(study({ state: 'paused' }));
    clock.seconds += 10;
    progress.show(endedStudy({ stepsTrained: 170 }));
    expect(
      to
        .text()
        .split('\n')
        .map((line) => line.split(' · ').at(-1)),
    ).toEqual(['paused', '10.0 steps/s', '']);
  });

  test('says why a study that no runner can evaluate does not move, and what to do', () => {
    const to = screen();
    const blocked = { reason: 'no-runner', detail: 'no runner is alive: start one' } as const;
    studyProgress(to, clockAt().read).show(study({ blocked }));
    expect(to.text()).toBe(
      '2 of 9 generations complete · 19 of 60 trials · best value 0.9124 (trial 7) · waiting: no runner is alive: start one\n',
    );
  });

  test('comes no more often than it may, and only when something has changed', () => {
    const [clock, to] = [clockAt(), screen({ plainLineSeconds: 5 })];
    const progress = studyProgress(to, clock.read);
    const showAt = (seconds: number, completed: number): void => {
      clock.seconds = 1000 + seconds;
      progress.show(study({ trials: counts(completed), stepsTrained: 70 }));
    };
    showAt(0, 18);
    showAt(4, 19);
    expect(to.text().match(/\d+ of 60/g)).toEqual(['19 of 60']);
    showAt(5, 20);
    showAt(9, 21);
    showAt(70, 21);
    expect(to.text().match(/\d+ of 60/g)).toEqual(['19 of 60', '21 of 60', '22 of 60']);
    progress.end();
    expect(to.text().split('\n')).toHaveLength(4);

    const quiet = screen();
    const still = studyProgress(quiet, clock.read);
    for (let look = 0; look < 3; look += 1) still.show(study());
    expect(quiet.text().split('\n')).toEqual([expect.stringContaining('19 of 60'), '']);
  });
});

describe('progress on a terminal', () => {
  test('redraws one line: a bar of the finished share, then the words; its end leaves the last state and a new line', () => {
    const [clock, to] = [clockAt(), screen({ terminal: true })];
    const progress = studyProgress(to, clock.read);
    progress.show(study({ trials: counts(29) }));
    progress.end();
    expect(to.text()).toContain(`${'█'.repeat(10)}${'░'.repeat(10)} 2 of 9 generations complete · 30 of 60 trials`);
    expect(to.text().match(/\n/g)).toHaveLength(1);
    const [hidden, shown] = [to.text().lastIndexOf('\u001b[?25l'), to.text().lastIndexOf('\u001b[?25h')]; // the cursor
    expect(shown).toBeGreaterThan(hidden);
    expect(to.text().endsWith('\n')).toBe(true);
  });

  test('fills the bar at the last trial, and ends once however often it is told to', () => {
    const to = screen({ terminal: true });
    const progress = studyProgress(to, clockAt().read);
    progress.show(study());
    progress.show(endedStudy());
    progress.end();
    progress.end();
    expect(to.text()).toContain(`${'█'.repeat(20)} 60 of 60 trials`);
    expect(to.text().match(/\n/g)).toHaveLength(1);
  });

  test('leaves signals to the program: it listens to none itself', () => {
    const listeners = process.listenerCount('SIGINT');
    const progress = studyProgress(screen({ terminal: true }), clockAt().read);
    progress.show(study());
    expect(process.listenerCount('SIGINT')).toBe(listeners);
    progress.end();
  });

  test('that ends before it began draws nothing', () => {
    const to = screen({ terminal: true });
    studyProgress(to, clockAt().read).end();
    expect(to.text()).toBe('');
  });
});
