import { createCampaign } from '../../src/campaigns/create.ts';
import { catchUpCampaign, moveCampaign } from '../../src/campaigns/life-cycle.ts';
import type { CampaignTransactions } from '../../src/campaigns/ports.ts';
import type { ResolvedCampaign } from '../../src/campaigns/spec.ts';
import { digestOf } from '../../src/shared/digest.ts';
import { type RandomStream, randomStream } from '../../src/shared/random.ts';
import { advanceStudy } from '../../src/studies/actions/advance.ts';
import { isEnded } from '../../src/studies/model/states.ts';
import type { HeldOut } from '../objectives/every-feature.ts';
import { exportCampaign } from '../support/exported.ts';
import { type FakeTraining, type MemoryStore, memoryStore } from './memory-store.ts';

class StagedCrash extends Error {}

/** The end of a process during a transaction: before it commits, so that nothing of it is stored, or after, so that nothing follows it. */
export type Fate = 'survives' | 'crashes before the commit' | 'crashes after the commit';

/** CampaignTransactions of a process that crashes as it is told. */
export function crashing(store: CampaignTransactions, fate: () => Fate): CampaignTransactions {
  return {
    transaction: async (work) => {
      const next = fate();
      const result = await store.transaction(async (tx) => {
        const done = await work(tx);
        if (next === 'crashes before the commit') throw new StagedCrash();
        return done;
      });
      if (next === 'crashes after the commit') throw new StagedCrash();
      return result;
    },
  };
}

/** Does a process's work, up to its crash. */
export async function untilCrash(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof StagedCrash)) throw error;
  }
}

/** Coarse values of the parameters and the objective seed alone, so that some tie; one in eight fails. */
export const fakeTraining: FakeTraining = ({ parameters }, { spec }) => {
  const hash = Number.parseInt(digestOf([parameters, spec.objectiveSeed]).slice(0, 6), 16);
  if (hash % 8 === 0) return null;
  const value = (hash % 20) / 20;
  return { values: { value }, evaluation: evaluationOf(value) };
};

/** A measurement on held-out data, of the objective with every feature. */
export function evaluationOf(value: number): HeldOut {
  return { score: value, points: 10 };
}

/** Runs a campaign with one trial after the other, each study advanced at once. @returns its export */
export async function runInOrder(spec: ResolvedCampaign, training: FakeTraining = fakeTraining): Promise<string> {
  const store = memoryStore();
  const campaign = await createCampaign(store, spec);
  for (let next = store.open()[0]; next; next = store.open()[0]) {
    await store.settle(next.studyId, next.number, training);
    await advanceStudy(store, next.studyId);
  }
  return exportCampaign(store.reader, campaign);
}

/** What a sweep does, up to the crash of its process: all that may be due. */
async function sweep(store: MemoryStore, process: CampaignTransactions, campaign: string): Promise<void> {
  for (const { id, state } of store.studies()) if (state === 'active') await untilCrash(advanceStudy(process, id));
  await untilCrash(catchUpCampaign(process, campaign));
}

async function isOver(store: MemoryStore, campaign: string): Promise<boolean> {
  const found = await store.reader.campaign(campaign);
  return found !== null && isEnded(found.state);
}

/**
 * Runs a campaign as badly as can be: trials finish in any order and in bunches, the process that advances the campaign crashes
 * before or after any of its transactions, and it is paused and resumed on the way. @returns its export
 */
export async function runInDisorder(spec: ResolvedCampaign, seed: number): Promise<string> {
  const chance = randomStream(seed, 'disorder');
  const store = memoryStore();
  const process = crashing(store, () => fateOf(chance));
  const campaign = await createCampaign(store, spec);
  while (!(await isOver(store, campaign))) {
    await settleSome(store, process, chance);
    if (chance.integer(6) === 0) await untilCrash(pauseOrResume(store, process, campaign));
    if (chance.integer(3) === 0) await sweep(store, process, campaign);
  }
  return exportCampaign(store.reader, campaign);
}

function fateOf(chance: RandomStream): Fate {
  const fates: Fate[] = ['crashes before the commit', 'crashes after the commit'];
  return fates[chance.integer(8)] ?? 'survives';
}

/** Some open trials of any studies end; of some the study is advanced, of others the process that should do it has crashed. */
async function settleSome(store: MemoryStore, process: CampaignTransactions, chance: RandomStream): Promise<void> {
  for (const { studyId, number } of store.open()) {
    if (chance.integer(4) !== 0) continue;
    await store.settle(studyId, number, fakeTraining);
    if (chance.integer(2) === 0) await untilCrash(advanceStudy(process, studyId));
  }
}

async function pauseOrResume(store: MemoryStore, process: CampaignTransactions, campaign: string): Promise<void> {
  const state = (await store.reader.campaign(campaign))?.state;
  if (state === 'active') await moveCampaign(process, campaign, 'pause');
  if (state === 'paused') await moveCampaign(process, campaign, 'resume');
}

/** Runs a campaign in order, but for one crash at one of its transactions; a sweep then goes on. @returns its export, and whether it reached that transaction */
export async function runWithCrash(spec: ResolvedCampaign, at: number, fate: Fate): Promise<{ text: string; crashed: boolean }> {
  const store = memoryStore();
  const campaign = await createCampaign(store, spec);
  let done = 0;
  const process = crashing(store, () => {
    done += 1;
    return done - 1 === at ? fate : 'survives';
  });
  while (!(await isOver(store, campaign))) {
    const [next] = store.open();
    if (next) {
      await store.settle(next.studyId, next.number, fakeTraining);
      await untilCrash(advanceStudy(process, next.studyId));
    }
    if (!next || done - 1 === at) await sweep(store, process, campaign);
  }
  return { text: await exportCampaign(store.reader, campaign), crashed: done > at };
}
