import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { advanceCampaign } from '../../../src/campaigns/advance.ts';
import { catchUpCampaign } from '../../../src/campaigns/life-cycle.ts';
import type { CampaignTransactions } from '../../../src/campaigns/ports.ts';
import { campaignStandings } from '../../../src/campaigns/standings.ts';
import { type RandomStream, randomStream } from '../../../src/shared/random.ts';
import { advanceStudy } from '../../../src/studies/actions/advance.ts';
import { crashing, evaluationOf, type Fate, untilCrash } from '../../campaigns/simulated-campaign.ts';
import { exportCampaign } from '../../support/exported.ts';
import { waitingForLock } from '../inspect.ts';
import { addStudy, claimed, openStudyStore, type StudyStore } from '../study-fixture.ts';
import { addCampaign, partStates, settle, smallest, sweepOnce, workOff, workOnce } from './campaign-fixture.ts';

vi.mock('../../../src/objectives/test-function/objective.ts', async (original) => {
  const { withEveryFeature } = await import('../../objectives/every-feature.ts');
  return withEveryFeature(await original());
});

let store: StudyStore;
beforeAll(async () => {
  store = await openStudyStore(16);
});
afterAll(() => store[Symbol.asyncDispose]());
beforeEach(() => store.clear());

const runner = randomUUID();
const always = (fate: Fate): CampaignTransactions => crashing(store.transactions, () => fate);

function sometimes(chance: RandomStream, probability: number): CampaignTransactions {
  return crashing(store.transactions, () => {
    if (chance.uniform() >= probability) return 'survives';
    return chance.integer(2) === 0 ? 'crashes before the commit' : 'crashes after the commit';
  });
}

async function isActive(campaign: string): Promise<boolean> {
  return (await store.reader.campaign(campaign))?.state === 'active';
}

/** Runs a campaign to its end with some workers, each of which sweeps when it finds nothing. @returns its export */
async function runToEnd(workers: number, crashes: number, overrides: Record<string, unknown>): Promise<string> {
  await store.clear();
  const campaign = await addCampaign(store, overrides);
  const process = sometimes(randomStream(`${workers} ${crashes}`, 'crashes'), crashes);
  const work = async (): Promise<void> => {
    while (await isActive(campaign)) if (!(await workOnce(store, runner, process))) await sweepOnce(store, process);
  };
  await Promise.all(Array.from({ length: workers }, work));
  return exportCampaign(store.reader, campaign);
}

/** Some of everything, few trials. */
const varied = {
  studies: [
    { name: 'random', sampler: { type: 'random' }, budget: { trials: 5 }, parallelism: 3 },
    { name: 'genetic', sampler: { type: 'genetic', population: 3, elites: 1 }, budget: { generations: 2 } },
  ],
  final: { finalists: [{ study: 'random' }, { study: 'genetic' }], grid: { parallelism: 3 } },
};

describe('a campaign', () => {
  it.each(['parallel', 'sequential'])(
    'gives the same bytes with 1 and 8 workers, whatever crashes (%s)',
    async (order) => {
      const expected = await runToEnd(1, 0, { ...varied, order });
      expect(JSON.parse(expected)).toMatchObject({ state: 'completed', outcome: { reason: 'done' } });
      for (const [workers, crashes] of [
        [1, 0.3],
        [8, 0],
        [8, 0.3],
      ] as const)
        expect(await runToEnd(workers, crashes, { ...varied, order })).toBe(expected);
    },
    120_000,
  );

  it('starts with all its searches at once, or with the first alone', async () => {
    const [parallel, sequential] = [await addCampaign(store), await addCampaign(store, { order: 'sequential' })];
    expect(await partStates(store, parallel)).toEqual({ random: 'active', genetic: 'active' });
    expect(await partStates(store, sequential)).toEqual({ random: 'active' });
    expect(await store.sweep.campaignsDue()).toEqual([]);
  });

  it('changes nothing when it is moved with nothing to do', async () => {
    const campaign = await addCampaign(store);
    await workOnce(store, runner);
    const before = await store.everything();
    await Promise.all(Array.from({ length: 4 }, () => advanceCampaign(store.transactions, campaign)));
    await catchUpCampaign(store.transactions, campaign);
    expect(await store.everything()).toEqual(before);
  });

  it('reads in its test part what the searches trained, and trains only the repeats', async () => {
    const campaign = await addCampaign(store, smallest);
    await workOff(store, runner);
    const parts = await store.reader.campaignParts(campaign);
    const trained = Object.fromEntries(
      await Promise.all(parts.map(async ({ name, study }) => [name, (await store.reader.overview(study.id))?.steps.trained])),
    );
    expect(trained).toEqual({ one: 1, two: 1, 'final-grid': 0, test: 0, 'repeat-1': 2 });
  });
});

describe('two studies that end at once', () => {
  it('create the final exactly once: whoever comes second sees what the first stored', async () => {
    const campaign = await addCampaign(store, smallest);
    const trials = [await claimed(store, runner), await claimed(store, runner)];
    for (const trial of trials) await settle(store, trial);
    let advances: Promise<void>[] = [];
    await store.database.$transaction(
      async (tx) => {
        await tx.$queryRaw`SELECT 1 FROM campaign WHERE id = ${campaign}::uuid FOR NO KEY UPDATE`;
        advances = trials.map(({ studyId }) => advanceStudy(store.transactions, studyId));
        await waitingForLock(store, 2);
        expect(await partStates(store, campaign)).toEqual({ one: 'active', two: 'active' });
      },
      { timeout: 60_000 },
    );
    await Promise.all(advances);
    expect(await partStates(store, campaign)).toEqual({ one: 'completed', two: 'completed', 'final-grid': 'active' });
  });

  it('however often they race', async () => {
    for (let race = 0; race < 4; race += 1) {
      await store.clear();
      const campaign = await addCampaign(store, smallest);
      const trials = [await claimed(store, runner), await claimed(store, runner)];
      for (const trial of trials) await settle(store, trial);
      await Promise.all(
        trials.flatMap(({ studyId }) => [advanceStudy(store.transactions, studyId), advanceStudy(store.transactions, studyId)]),
      );
      expect(Object.keys(await partStates(store, campaign))).toEqual(['one', 'two', 'final-grid']);
    }
  });
});

describe('a crash', () => {
  it('before the commit of the step that ends the last search leaves nothing of it, and the sweep does it again', async () => {
    const campaign = await addCampaign(store, smallest);
    await workOnce(store, runner);
    const trial = await claimed(store, runner);
    await settle(store, trial);
    const before = await store.everything();
    await untilCrash(advanceStudy(always('crashes before the commit'), trial.studyId));
    expect(await store.everything()).toEqual(before);
    await sweepOnce(store);
    expect(await partStates(store, campaign)).toEqual({ one: 'completed', two: 'completed', 'final-grid': 'active' });
  });

  it('right after the end of a search and before any next part cannot be: both are one step', async () => {
    const campaign = await addCampaign(store, { ...smallest, order: 'sequential' });
    const trial = await claimed(store, runner);
    await settle(store, trial);
    await untilCrash(advanceStudy(always('crashes after the commit'), trial.studyId));
    expect(await partStates(store, campaign)).toEqual({ one: 'completed', two: 'active' });
  });

  it('of a campaign with no open part and no next one, however it came to be, is mended by the sweep', async () => {
    const campaign = await addCampaign(store, smallest);
    await store.sql("UPDATE study SET state = 'cancelled', ended_at = now()");
    expect(await store.sweep.campaignsDue()).toEqual([campaign]);
    await sweepOnce(store);
    expect(await store.reader.campaign(campaign)).toMatchObject({
      state: 'failed',
      outcome: { reason: 'no-finalists' },
      endedAt: expect.any(Date),
    });
    expect(await store.sweep.campaignsDue()).toEqual([]);
  });
});

describe('the standings', () => {
  it('are unknown before the evaluation, then fill: the winner first, its test from the search, repeats with seeds of their own', async () => {
    const campaign = await addCampaign(store, smallest);
    while ((await store.reader.campaignParts(campaign)).length < 4) {
      expect(await campaignStandings(store.reader, campaign)).toEqual({ winner: null, finalists: [] });
      await workOnce(store, runner);
    }
    const open = await campaignStandings(store.reader, campaign);
    expect(open.winner).toMatchObject({
      winner: true,
      test: null,
      repeats: [{ repeat: 1, state: 'queued', validation: null, test: null }],
    });
    await workOff(store, runner);
    const { winner, finalists } = await campaignStandings(store.reader, campaign);
    expect(finalists).toHaveLength(2);
    expect(winner).toBe(finalists[0]);
    expect(winner?.validation.value).toBeGreaterThanOrEqual(finalists[1]?.validation.value ?? 1);
    expect(winner?.test).toEqual(evaluationOf(winner?.validation.value ?? -1));
    const [repeat] = winner?.repeats ?? [];
    expect(repeat).toMatchObject({ state: 'completed', test: evaluationOf(repeat?.validation?.['value'] ?? -1) });
    expect(repeat?.objectiveSeed).not.toBe(5);
    expect(await store.reader.trial(winner?.trialId ?? '')).toMatchObject({
      parameters: winner?.parameters,
      value: winner?.validation.value,
    });
    await expect(campaignStandings(store.reader, randomUUID())).rejects.toMatchObject({ code: 'campaign-not-found' });
    await expect(exportCampaign(store.reader, randomUUID())).rejects.toMatchObject({ code: 'campaign-not-found' });
  });
});

describe('campaigns', () => {
  it('are read back as they were stored, in pages, newest first', async () => {
    const ids: string[] = [];
    for (const name of ['a', 'b', 'a', 'b', 'a']) ids.unshift(await addCampaign(store, { name }));
    const first = await store.reader.campaigns({ project: 'default', limit: 3 });
    expect(first).toMatchObject({ items: ids.slice(0, 3).map((id) => ({ id })), next: ids[2] });
    expect(await store.reader.campaigns({ project: 'default', limit: 3, after: { id: first.next ?? '' } })).toMatchObject({
      items: ids.slice(3).map((id) => ({ id })),
      next: null,
    });
    expect((await store.reader.campaigns({ project: 'default', limit: 9, name: 'a', states: ['active'] })).items).toHaveLength(3);
    expect((await store.reader.campaigns({ project: 'default', limit: 9, states: ['completed'] })).items).toEqual([]);
    expect(await store.reader.campaign(randomUUID())).toBeNull();
  });

  it('leave the studies alone that are not theirs', async () => {
    const alone = await addStudy(store);
    const campaign = await addCampaign(store);
    expect((await store.reader.study(alone))?.campaign).toBeNull();
    expect((await store.reader.campaignParts(campaign)).map(({ name, kind, study }) => [name, kind, study.campaign?.name])).toEqual([
      ['random', 'search', 'random'],
      ['genetic', 'search', 'genetic'],
    ]);
  });

  it.each([
    ['two parts of one name', "UPDATE study SET part_name = 'random'"],
    ['a part without a name', "UPDATE study SET part_name = NULL WHERE part_name = 'random'"],
    ['a kind of part that there is not', "UPDATE study SET part_kind = 'warm-up'"],
    ['a state that there is not', "UPDATE campaign SET state = 'asleep'"],
    ['an end without its time', "UPDATE campaign SET state = 'completed'"],
  ])('are refused by the database with %s', async (_, statement) => {
    await addCampaign(store);
    await expect(store.sql(statement)).rejects.toThrow(/constraint/);
  });
});
