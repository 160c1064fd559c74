import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CampaignReader, CampaignTransactions } from '../../src/campaigns/ports.ts';
import { randomStream } from '../../src/shared/random.ts';
import { readAddress } from '../../src/store/database/address.ts';
import { inSnapshot, inTransaction, openDatabase } from '../../src/store/database/database.ts';
import { advanceStudy } from '../../src/studies/actions/advance.ts';
import { deleteStudy, moveStudy } from '../../src/studies/actions/life-cycle.ts';
import { exportStudy } from '../support/exported.ts';
import { addStudy, claimed, objectiveValue, openStudyStore, type StudyStore, stepRecord, valuesOf } from './study-fixture.ts';

vi.mock('../../src/objectives/test-function/objective.ts', async (original) => {
  const { withEveryFeature } = await import('../objectives/every-feature.ts');
  return withEveryFeature(await original());
});

let store: StudyStore;
beforeAll(async () => {
  store = await openStudyStore(16);
});
afterAll(() => store[Symbol.asyncDispose]());
beforeEach(() => store.clear());

const runner = randomUUID();

/** Finishes one claimed trial with its objective value; trials of one parity fail, so that failures travel too. */
async function workOnce(transactions: CampaignTransactions, chance: () => number): Promise<boolean> {
  const trial = await store.queue.claim(runner, 60);
  if (!trial) return false;
  if (chance() < 0.1) {
    await store.queue.release(trial);
    return true;
  }
  const hopeless = Number(trial.parameters['hiddenUnits']) % 7 === 0;
  const settled = hopeless
    ? await store.queue.fail(trial, { code: 'training-error', message: `words that differ: ${chance()}` })
    : await store.queue.complete(trial, stepRecord(1, valuesOf(objectiveValue(trial.parameters)), trial.trialId), false);
  expect(settled.kind).toBe('settled');
  const studyId = trial.studyId;
  const advances = chance() < 0.3 ? 3 : chance() < 0.2 ? 0 : 1; // several at once; or its settler crashed first
  await Promise.all(Array.from({ length: advances }, () => advanceAgain(transactions, studyId)));
  return true;
}

class StagedCrash extends Error {}

/** As whoever finds the study due would: a crash before the commit is followed by another try. */
async function advanceAgain(transactions: CampaignTransactions, studyId: string): Promise<void> {
  for (;;) {
    try {
      return await advanceStudy(transactions, studyId);
    } catch (error) {
      if (!(error instanceof StagedCrash)) throw error;
    }
  }
}

/** CampaignTransactions of which some die after their work and before they commit. */
function crashing(chance: () => number, probability: number): CampaignTransactions {
  return {
    transaction: (work) =>
      store.transactions.transaction(async (tx) => {
        const result = await work(tx);
        if (chance() < probability) throw new StagedCrash();
        return result;
      }),
  };
}

async function isActive(studyId: string): Promise<boolean> {
  return (await store.reader.study(studyId))?.state === 'active';
}

/** Runs a study to its end with some workers; a sweep finds what nobody moved on. @returns its export */
async function runToEnd(studyId: string, workers: number, crashes = 0): Promise<string> {
  const stream = randomStream(`${workers} ${crashes}`, 'disorder');
  const chance = () => stream.uniform();
  const transactions = crashing(chance, crashes);
  const work = async (): Promise<void> => {
    while (await isActive(studyId)) {
      if (await workOnce(transactions, chance)) continue;
      for (const due of await store.sweep.studiesDue()) await advanceAgain(transactions, due);
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
  return exportStudy(store.reader, studyId);
}

const studies = {
  genetic: {
    sampler: { type: 'genetic', population: 6, elites: 2, selectionExponent: 2 },
    budget: { generations: 5 },
    retries: { maxAttempts: 1 },
  },
  random: { sampler: { type: 'random' }, budget: { trials: 45 }, parallelism: 4, retries: { maxAttempts: 1 } },
  target: { sampler: { type: 'genetic', population: 8 }, budget: { generations: 6, targetValue: 0.8 }, retries: { maxAttempts: 2 } },
  grid: {
    sampler: { type: 'grid', axes: { learningRate: { points: 3 }, hiddenUnits: { points: 4 }, steps: { values: [1, 2] } } },
    budget: {},
    parallelism: 5,
    retries: { maxAttempts: 1 },
  },
};

describe('a study', () => {
  it.each(Object.entries(studies))(
    'gives the same bytes with 1, 2 and 8 workers, in any order, whatever crashes (%s)',
    async (_, spec) => {
      const exports = [];
      for (const [workers, crashes] of [
        [1, 0],
        [2, 0.3],
        [8, 0],
        [8, 0.3],
      ] as const)
        exports.push(await runToEnd(await addStudy(store, spec), workers, crashes));
      expect(JSON.parse(exports[0] ?? '')).toMatchObject({ state: 'completed' });
      expect(new Set(exports).size).toBe(1);
    },
    120_000,
  );

  it('changes nothing when it is advanced with nothing to do', async () => {
    const study = await addStudy(store);
    await store.queue.complete(await claimed(store, runner), stepRecord(1), false);
    await advanceStudy(store.transactions, study);
    const before = await store.everything();
    await Promise.all(Array.from({ length: 8 }, () => advanceStudy(store.transactions, study)));
    expect(await store.everything()).toEqual(before);
  });

  it('does not end by a failed attempt that will be made again', async () => {
    const study = await addStudy(store, { retries: { maxAttempts: 2 } });
    const lost = { code: 'data-unavailable', message: 'no such archive' } as const;
    await store.queue.fail(await claimed(store, runner), lost);
    await advanceStudy(store.transactions, study);
    expect(await isActive(study)).toBe(true);
    await store.queue.fail(await claimed(store, runner), lost);
    await advanceStudy(store.transactions, study);
    expect(await store.reader.study(study)).toMatchObject({ state: 'failed', outcome: { detail: 'no such archive' } });
  });
});

describe('life cycle', () => {
  it('pause stops claims, resume goes on', async () => {
    const study = await addStudy(store);
    await moveStudy(store.transactions, study, 'pause');
    expect(await store.queue.claim(runner, 60)).toBeNull();
    await moveStudy(store.transactions, study, 'resume');
    expect(await claimed(store, runner)).toMatchObject({ studyId: study, number: 0 });
  });

  it('resume moves on what finished while the study was paused', async () => {
    const study = await addStudy(store, { budget: { trials: 3 }, parallelism: 1 });
    const trial = await claimed(store, runner);
    await moveStudy(store.transactions, study, 'pause');
    await store.queue.complete(trial, stepRecord(1), false);
    await advanceStudy(store.transactions, study);
    expect(await store.reader.trialCounts(study)).toMatchObject({ completed: 1, queued: 0 });
    await moveStudy(store.transactions, study, 'resume');
    expect(await store.reader.trialCounts(study)).toMatchObject({ completed: 1, queued: 1 });
  });

  it('cancel ends the open trials at once, and whoever trains one hears abandon', async () => {
    const study = await addStudy(store);
    const trial = await claimed(store, runner);
    await moveStudy(store.transactions, study, 'cancel');
    expect(await store.reader.trialCounts(study)).toMatchObject({ cancelled: 5, running: 0, queued: 0 });
    expect((await store.queue.heartbeat([trial], 60)).get(trial.token)).toBe('abandon');
    expect(await store.queue.complete(trial, stepRecord(1), false)).toEqual({ kind: 'lease-lost' });
    expect(await store.reader.study(study)).toMatchObject({
      state: 'cancelled',
      outcome: { reason: 'cancelled' },
      endedAt: expect.any(Date),
    });
  });

  it('an illegal move throws with the current state and changes nothing; a repeated one changes nothing', async () => {
    const study = await addStudy(store);
    await expect(deleteStudy(store.transactions, study)).rejects.toMatchObject({ code: 'study-not-ended', details: { state: 'active' } });
    await moveStudy(store.transactions, study, 'cancel');
    const before = await store.everything();
    for (const move of ['pause', 'resume'] as const) {
      await expect(moveStudy(store.transactions, study, move)).rejects.toMatchObject({
        code: 'state-conflict',
        details: { state: 'cancelled' },
      });
    }
    await moveStudy(store.transactions, study, 'cancel');
    expect(await store.everything()).toEqual(before);
    await expect(moveStudy(store.transactions, randomUUID(), 'pause')).rejects.toMatchObject({ code: 'study-not-found' });
  });

  it('delete removes everything that belongs to a study, and nothing of another', async () => {
    const [gone, stays] = [await addStudy(store), await addStudy(store)];
    await store.queue.complete(await claimed(store, runner), stepRecord(1), false);
    await moveStudy(store.transactions, gone, 'cancel');
    await deleteStudy(store.transactions, gone);
    expect(await store.reader.study(gone)).toBeNull();
    const owners = await store.sql('SELECT study_id FROM trial UNION SELECT study_id FROM study_checkpoint');
    expect(owners).toEqual([{ study_id: stays }]);
    expect(await store.sql('SELECT * FROM measurement')).toEqual([]);
  });
});

describe('the sweep', () => {
  it('finds a study whose last settler crashed before moving it on, and no other', async () => {
    const study = await addStudy(store, { budget: { trials: 3 }, parallelism: 1 });
    await addStudy(store);
    expect(await store.sweep.studiesDue()).toEqual([]);
    await store.queue.complete(await claimed(store, runner), stepRecord(1), false);
    expect(await store.sweep.studiesDue()).toEqual([study]);
    await advanceStudy(store.transactions, study);
    expect(await store.sweep.studiesDue()).toEqual([]);
    await moveStudy(store.transactions, study, 'pause');
    await store.sql(`UPDATE trial SET state = 'cancelled', finished_at = now() WHERE study_id = '${study}' AND state = 'queued'`);
    expect(await store.sweep.studiesDue()).toEqual([]);
  });

  it('finds a study with a place to fill, whatever the times of its commits say', async () => {
    const study = await addStudy(store, { budget: { trials: 9 }, parallelism: 2 });
    const [, later] = [await claimed(store, runner), await claimed(store, runner)];
    await store.queue.complete(later, stepRecord(1), false);
    await store.sql("UPDATE study SET updated_at = clock_timestamp() + interval '1 h'");
    expect(await store.sweep.studiesDue()).toEqual([study]);
    await advanceStudy(store.transactions, study);
    expect(await store.reader.trialCounts(study)).toMatchObject({ running: 1, queued: 1, completed: 1 });
    expect(await store.sweep.studiesDue()).toEqual([]);
  });

  it.each([1, 2, 4])(
    'leaves a generation alone that waits for its trials, and finds it when the last one is done (parallelism %i)',
    async (parallelism) => {
      const study = await addStudy(store, { sampler: { type: 'genetic', population: 4 }, budget: { generations: 2 }, parallelism });
      for (let done = 0; done < 3; done += 1) {
        await store.queue.complete(await claimed(store, runner), stepRecord(1), false);
        expect(await store.sweep.studiesDue()).toEqual(done + parallelism < 4 ? [study] : []);
        await advanceStudy(store.transactions, study);
        expect(await store.sweep.studiesDue()).toEqual([]);
      }
      await store.queue.complete(await claimed(store, runner), stepRecord(1), false);
      expect(await store.sweep.studiesDue()).toEqual([study]);
    },
  );

  it('leaves a study whose trials are all queued alone, and finds one that it cannot read: the advance reports it', async () => {
    const study = await addStudy(store, { budget: { trials: 1 } });
    expect(await store.sweep.studiesDue()).toEqual([]);
    await store.sql("UPDATE study SET spec = spec - 'seed'");
    expect(await store.sweep.studiesDue()).toEqual([study]);
  });

  it('ticks the other studies while one is being changed, without waiting for it', async () => {
    const [changed, free] = [
      await addStudy(store, { budget: { wallClockSeconds: 9 } }),
      await addStudy(store, { budget: { wallClockSeconds: 9 } }),
    ];
    await store.database.$transaction(async (tx) => {
      await tx.$queryRaw`SELECT 1 FROM study WHERE id = ${changed}::uuid FOR NO KEY UPDATE`;
      await store.sweep.tickWallClock(30);
    });
    expect(await store.sql('SELECT id FROM study WHERE ticked_at > created_at')).toEqual([{ id: free }]);
    await store.sweep.tickWallClock(30);
    expect(await store.sql('SELECT id FROM study WHERE ticked_at > created_at')).toHaveLength(2);
  });

  it('counts active time against a wall-clock budget, and ends the study when it is over', async () => {
    const study = await addStudy(store, { budget: { wallClockSeconds: 100 } });
    await store.sweep.tickWallClock(30);
    await store.queue.complete(await claimed(store, runner), stepRecord(1), false);
    for (let tick = 0; tick < 4; tick += 1) {
      await store.sql(`UPDATE study SET ticked_at = clock_timestamp() - interval '25 s' WHERE id = '${study}'`);
      await store.sweep.tickWallClock(30);
      await store.sweep.tickWallClock(30);
    }
    expect((await store.reader.study(study))?.activeTime.seconds).toBeGreaterThanOrEqual(99.9);
    await store.sql(`UPDATE study SET ticked_at = clock_timestamp() - interval '1 h' WHERE id = '${study}'`);
    const before = (await store.reader.study(study))?.activeTime.seconds;
    await store.sweep.tickWallClock(30);
    expect((await store.reader.study(study))?.activeTime.seconds).toBe(before);
    await store.sql(`UPDATE study SET elapsed_seconds = 100 WHERE id = '${study}'`);
    expect(await store.sweep.studiesDue()).toEqual([study]);
    await advanceStudy(store.transactions, study);
    expect(await store.reader.study(study)).toMatchObject({ state: 'completed', outcome: { reason: 'wall-clock', lastTrial: 0 } });
  });
});

describe('the database', () => {
  it.each([
    ['a running trial without a lease', "UPDATE trial SET state = 'running'"],
    ['a queued trial with a lease', `UPDATE trial SET lease_token = id, lease_until = now(), lease_runner = id`],
    ['half a lease', `UPDATE trial SET state = 'running', lease_token = id`],
    ['a state that there is not', "UPDATE trial SET state = 'asleep'"],
    ['a finished trial without its time', "UPDATE trial SET state = 'completed'"],
    ['a failed trial that does not say why', "UPDATE trial SET state = 'failed', finished_at = now()"],
    ['a value that is not finite', "UPDATE trial SET value = 'NaN'"],
    ['an infinite value', "UPDATE trial SET value = 'Infinity'"],
    ['more observed trials than suggested ones', 'UPDATE study SET observed = suggested + 1'],
    ['an ended study without its time', "UPDATE study SET state = 'completed'"],
    ['two trials of one number', 'UPDATE trial SET number = 0'],
    ['a trial of no study', 'UPDATE trial SET study_id = gen_random_uuid()'],
  ])('refuses %s', async (_, statement) => {
    await addStudy(store);
    await expect(store.sql(statement)).rejects.toThrow(/violates/);
  });

  it('runs the loser of a deadlock again from the start', async () => {
    const [one, two] = [await addStudy(store), await addStudy(store)];
    let [runs, holding] = [0, 0];
    let release = (): void => undefined;
    const bothHold = new Promise<void>((resolve) => {
      release = resolve;
    });
    const lockBoth = (order: readonly string[]) =>
      inTransaction(store.database, async (tx) => {
        runs += 1;
        await tx.$queryRaw`SELECT 1 FROM study WHERE id = ${order[0]}::uuid FOR UPDATE`;
        holding += 1;
        if (holding === 2) release();
        await bothHold;
        await tx.$queryRaw`SELECT 1 FROM study WHERE id = ${order[1]}::uuid FOR UPDATE`;
      });
    await Promise.all([lockBoth([one, two]), lockBoth([two, one])]);
    // The loser may meet the other once more.
    expect(runs).toBeGreaterThanOrEqual(3);
  });
});

describe('a snapshot', () => {
  it('is what an export is made of: a trial that finishes meanwhile, and what follows from it, is in no part of it', async () => {
    const study = await addStudy(store, { budget: { trials: 2 }, parallelism: 1 });
    const before = await exportStudy(store.reader, study);
    const finishOne = async (): Promise<void> => {
      await store.queue.complete(await claimed(store, runner), stepRecord(1), false);
      await advanceStudy(store.transactions, study);
    };
    /** A trial finishes after the study was read and before its trials are. */
    const interrupted = (reader: CampaignReader): CampaignReader => ({
      ...reader,
      trials: async (filter) => {
        await finishOne();
        return reader.trials(filter);
      },
      snapshot: (work) => reader.snapshot((inner) => work(interrupted(inner))),
    });
    expect(await exportStudy(interrupted(store.reader), study)).toBe(before);
    expect(JSON.parse(await exportStudy(store.reader, study)).trials).toHaveLength(1);
  });

  it('may be taken within another, and sees the same', async () => {
    const study = await addStudy(store);
    const [first, second] = await store.reader.snapshot(async (outer) => {
      const seen = await outer.trialCounts(study);
      await claimed(store, runner);
      return [seen, await outer.snapshot((inner) => inner.trialCounts(study))];
    });
    expect(second).toEqual(first);
    expect(await store.reader.trialCounts(study)).toMatchObject({ running: 1 });
  });
});

describe('a connection', () => {
  it('has limits that the server keeps: for a statement, and for a transaction in which nothing happens', async () => {
    const [limits] = await store.database.$queryRaw<unknown[]>`
      SELECT current_setting('statement_timeout') AS statement, current_setting('idle_in_transaction_session_timeout') AS idle`;
    expect(limits).toEqual({ statement: '1min', idle: '30s' });
    await using impatient = openDatabase({ address: readAddress(store.url), connections: 1, statementSeconds: 0.05 });
    await expect(impatient.$queryRaw`SELECT 1 FROM generate_series(1, 1e12::bigint)`).rejects.toThrow(/statement timeout/);
    expect(await impatient.$queryRaw`SELECT 1 AS one`).toEqual([{ one: 1 }]);
  });

  it('lets a snapshot think for as long as it may last, and has its own limit again after that', async () => {
    await using database = openDatabase({ address: readAddress(store.url), connections: 1 });
    const idle = async (connection: Pick<typeof database, '$queryRaw'>) =>
      connection.$queryRaw`SELECT current_setting('idle_in_transaction_session_timeout') AS idle`;
    expect(await inSnapshot(database, idle)).toEqual([{ idle: '10min' }]);
    expect(await idle(database)).toEqual([{ idle: '30s' }]);
  });
});
