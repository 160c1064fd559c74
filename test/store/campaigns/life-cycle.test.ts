import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { deleteCampaign, moveCampaign } from '../../../src/campaigns/life-cycle.ts';
import type { CampaignTransactions } from '../../../src/campaigns/ports.ts';
import { advanceStudy } from '../../../src/studies/actions/advance.ts';
import { deleteStudy, moveStudy } from '../../../src/studies/actions/life-cycle.ts';
import { crashing, untilCrash } from '../../campaigns/simulated-campaign.ts';
import { addStudy, claimed, openStudyStore, type StudyStore } from '../study-fixture.ts';
import { addCampaign, partId, partStates, settle, smallest, sweepOnce, workOff, workOnce } from './campaign-fixture.ts';

vi.mock('../../../src/objectives/test-function/objective.ts', async (original) => {
  const { withEveryFeature } = await import('../../objectives/every-feature.ts');
  return withEveryFeature(await original());
});

let store: StudyStore;
beforeAll(async () => {
  store = await openStudyStore();
});
afterAll(() => store[Symbol.asyncDispose]());
beforeEach(() => store.clear());

const runner = randomUUID();

/** A process that crashes right after so many transactions are stored. */
function crashingAfter(transactions: number): CampaignTransactions {
  let done = 0;
  return crashing(store.transactions, () => {
    done += 1;
    return done < transactions ? 'survives' : 'crashes after the commit';
  });
}

const stateOf = async (campaign: string) => (await store.reader.campaign(campaign))?.state;
const refusal = (code: string, state: string) => ({ code, details: { state } });

describe('pausing a campaign', () => {
  it('stops claims of all its studies, and resuming goes on, with what finished meanwhile', async () => {
    const campaign = await addCampaign(store, {
      ...smallest,
      studies: [{ name: 'one', sampler: { type: 'random' }, budget: { trials: 2 }, parallelism: 1 }, smallest.studies[1]],
    });
    const trial = await claimed(store, runner);
    await moveCampaign(store.transactions, campaign, 'pause');
    expect(await partStates(store, campaign)).toEqual({ one: 'paused', two: 'paused' });
    expect(await store.queue.claim(runner, 60)).toBeNull();
    await settle(store, trial);
    await advanceStudy(store.transactions, trial.studyId);
    await moveCampaign(store.transactions, campaign, 'resume');
    expect(await stateOf(campaign)).toBe('active');
    expect(await partStates(store, campaign)).toEqual({ one: 'active', two: 'active' });
    expect(await store.reader.trialCounts(await partId(store, campaign, 'one'))).toMatchObject({ completed: 1, queued: 1 });
  });

  it.each(['pause', 'cancel'] as const)('or cancelling it (%s) reaches the studies that a crash kept from following', async (move) => {
    const campaign = await addCampaign(store, smallest);
    await untilCrash(moveCampaign(crashingAfter(1), campaign, move));
    expect(await partStates(store, campaign)).toEqual({ one: 'active', two: 'active' });
    expect(await store.sweep.campaignsDue()).toEqual([campaign]);
    await untilCrash(sweepOnce(store, crashingAfter(2)));
    expect(Object.values(await partStates(store, campaign))).toContain('active');
    await sweepOnce(store);
    const followed = move === 'pause' ? 'paused' : 'cancelled';
    expect(await partStates(store, campaign)).toEqual({ one: followed, two: followed });
    expect(await store.sweep.campaignsDue()).toEqual([]);
  });

  it('adds no part, though its last search ends; resuming adds it', async () => {
    const campaign = await addCampaign(store, smallest);
    for (const trial of [await claimed(store, runner), await claimed(store, runner)]) await settle(store, trial);
    await untilCrash(moveCampaign(crashingAfter(1), campaign, 'pause'));
    for (const name of ['one', 'two']) await advanceStudy(store.transactions, await partId(store, campaign, name));
    await sweepOnce(store);
    expect(await partStates(store, campaign)).toEqual({ one: 'completed', two: 'completed' });
    await moveCampaign(store.transactions, campaign, 'resume');
    expect(await partStates(store, campaign)).toEqual({ one: 'completed', two: 'completed', 'final-grid': 'active' });
  });

  it('is repeated without any change, and so is resuming', async () => {
    const campaign = await addCampaign(store, smallest);
    for (const move of ['pause', 'resume'] as const) {
      await moveCampaign(store.transactions, campaign, move);
      const before = await store.everything();
      await moveCampaign(store.transactions, campaign, move);
      expect(await store.everything()).toEqual(before);
    }
  });
});

describe('resuming a campaign', () => {
  it('reaches the studies that a crash kept from following', async () => {
    const campaign = await addCampaign(store, smallest);
    await moveCampaign(store.transactions, campaign, 'pause');
    await untilCrash(moveCampaign(crashingAfter(1), campaign, 'resume'));
    expect(await partStates(store, campaign)).toEqual({ one: 'paused', two: 'paused' });
    expect(await store.sweep.campaignsDue()).toEqual([campaign]);
    await sweepOnce(store);
    expect(await partStates(store, campaign)).toEqual({ one: 'active', two: 'active' });
    expect(await store.sweep.campaignsDue()).toEqual([]);
  });

  it('leaves a study alone that was paused by itself since', async () => {
    const campaign = await addCampaign(store, smallest);
    await moveCampaign(store.transactions, campaign, 'pause');
    await moveCampaign(store.transactions, campaign, 'resume');
    await moveStudy(store.transactions, await partId(store, campaign, 'two'), 'pause');
    expect(await store.sweep.campaignsDue()).toEqual([]);
    await moveCampaign(store.transactions, campaign, 'resume');
    expect(await partStates(store, campaign)).toEqual({ one: 'active', two: 'paused' });
    await moveStudy(store.transactions, await partId(store, campaign, 'two'), 'resume');
    expect(await partStates(store, campaign)).toEqual({ one: 'active', two: 'active' });
  });
});

describe('a study of a campaign', () => {
  it('is not resumed by itself while its campaign is paused', async () => {
    const campaign = await addCampaign(store, smallest);
    await moveCampaign(store.transactions, campaign, 'pause');
    const before = await store.everything();
    await expect(moveStudy(store.transactions, await partId(store, campaign, 'one'), 'resume')).rejects.toMatchObject({
      ...refusal('state-conflict', 'paused'),
      message: expect.stringContaining('resume the campaign'),
    });
    expect(await store.everything()).toEqual(before);
  });

  it('that is cancelled lets its campaign go on, with what it had', async () => {
    const campaign = await addCampaign(store, smallest);
    await workOnce(store, runner);
    await moveStudy(store.transactions, await partId(store, campaign, 'two'), 'cancel');
    expect(await partStates(store, campaign)).toEqual({ one: 'completed', two: 'cancelled', 'final-grid': 'active' });
    await workOff(store, runner);
    expect(await stateOf(campaign)).toBe('completed');
  });

  it('that evaluates and is cancelled fails its campaign once the others ended', async () => {
    const campaign = await addCampaign(store, smallest);
    while (!(await partStates(store, campaign))['test']) await workOnce(store, runner);
    await moveStudy(store.transactions, await partId(store, campaign, 'test'), 'cancel');
    expect(await stateOf(campaign)).toBe('active');
    await workOff(store, runner);
    expect(await store.reader.campaign(campaign)).toMatchObject({ state: 'failed', outcome: { reason: 'evaluation-failed' } });
  });

  it('is not deleted by itself, ended or not', async () => {
    const campaign = await addCampaign(store, smallest);
    const study = await partId(store, campaign, 'one');
    await expect(deleteStudy(store.transactions, study)).rejects.toMatchObject({ code: 'study-in-campaign' });
    await moveCampaign(store.transactions, campaign, 'cancel');
    await expect(deleteStudy(store.transactions, study)).rejects.toMatchObject({ code: 'study-in-campaign' });
    expect(await partStates(store, campaign)).toEqual({ one: 'cancelled', two: 'cancelled' });
  });
});

describe('cancelling a campaign', () => {
  it('cancels all its studies and whatever they train, paused or not, and nothing of another', async () => {
    const [active, paused, other] = [await addCampaign(store), await addCampaign(store), await addCampaign(store)];
    const alone = await addStudy(store);
    await moveCampaign(store.transactions, paused, 'pause');
    for (const campaign of [active, paused]) {
      await moveCampaign(store.transactions, campaign, 'cancel');
      expect(await store.reader.campaign(campaign)).toMatchObject({
        state: 'cancelled',
        outcome: { reason: 'cancelled' },
        endedAt: expect.any(Date),
      });
      expect(await partStates(store, campaign)).toEqual({ random: 'cancelled', genetic: 'cancelled' });
    }
    expect(await partStates(store, other)).toEqual({ random: 'active', genetic: 'active' });
    expect(await store.reader.study(alone)).toMatchObject({ state: 'active' });
    const open = await store.sql("SELECT DISTINCT study_id FROM trial WHERE state IN ('queued', 'running')");
    expect(open).toHaveLength(3);
  });

  it('is for good: an illegal move throws with the current state and changes nothing', async () => {
    const campaign = await addCampaign(store, smallest);
    await moveCampaign(store.transactions, campaign, 'cancel');
    const before = await store.everything();
    for (const move of ['pause', 'resume'] as const)
      await expect(moveCampaign(store.transactions, campaign, move)).rejects.toMatchObject(refusal('state-conflict', 'cancelled'));
    await moveCampaign(store.transactions, campaign, 'cancel');
    expect(await store.everything()).toEqual(before);
    await expect(moveCampaign(store.transactions, randomUUID(), 'pause')).rejects.toMatchObject({ code: 'campaign-not-found' });
  });

  it('comes too late for one that is completed', async () => {
    const campaign = await addCampaign(store, smallest);
    await workOff(store, runner);
    await expect(moveCampaign(store.transactions, campaign, 'cancel')).rejects.toMatchObject(refusal('state-conflict', 'completed'));
  });
});

describe('deleting a campaign', () => {
  it('is refused until it ended', async () => {
    const campaign = await addCampaign(store, smallest);
    await expect(deleteCampaign(store.transactions, campaign)).rejects.toMatchObject(refusal('campaign-not-ended', 'active'));
    await moveCampaign(store.transactions, campaign, 'pause');
    await expect(deleteCampaign(store.transactions, campaign)).rejects.toMatchObject(refusal('campaign-not-ended', 'paused'));
    await expect(deleteCampaign(store.transactions, randomUUID())).rejects.toMatchObject({ code: 'campaign-not-found' });
  });

  it('removes its studies with all that belongs to them, also those that had not followed its end, and nothing of another', async () => {
    const [gone, stays] = [await addCampaign(store, smallest), await addCampaign(store, { ...smallest, seed: 2 })];
    while (!(await partStates(store, gone))['test']) await workOnce(store, runner);
    await untilCrash(moveCampaign(crashingAfter(1), gone, 'cancel'));
    await deleteCampaign(store.transactions, gone);
    expect(await store.reader.campaign(gone)).toBeNull();
    const owners = 'SELECT study_id AS id FROM trial UNION SELECT study_id FROM study_checkpoint UNION SELECT id FROM study';
    expect(await store.sql(`SELECT DISTINCT campaign_id FROM (${owners}) AS owner LEFT JOIN study ON study.id = owner.id`)).toEqual([
      { campaign_id: stays },
    ]);
  });
});
