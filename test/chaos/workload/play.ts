import { setTimeout as delay } from 'node:timers/promises';
import { ProblemError } from '../../../src/client/problem-error.ts';
import type { Dice } from '../dice.ts';
import type { World } from '../world.ts';
import { createOnce, importOnce } from './create.ts';
import type { Entry } from './entry.ts';

/** An entry of the workload that has ended. */
export interface Played {
  readonly entry: Entry;
  /** Id of the study or campaign that ended as the entry wants it. */
  readonly id: string;
  readonly state: string;
}

/** Polling interval for the end of a study. */
const pollMs = 1000;

/** A study or a campaign with its transitions. */
interface Handle {
  readonly id: string;
  get(): Promise<{ readonly state: string; readonly endedAt: string | null }>;
  pause(): Promise<unknown>;
  resume(): Promise<unknown>;
  cancel(): Promise<unknown>;
}

/**
 * Creates the study or campaign of an entry, applies the entry's treatment, and waits for its end.
 *
 * @param dice chooses the times of the treatment; null for no treatment
 * @param limitSeconds time limit from now on
 */
export async function play(world: World, entry: Entry, dice: Dice | null, limitSeconds: number): Promise<Played> {
  const end = performance.now() + limitSeconds * 1000;
  let handle = handleOf(world, entry.kind, await createOnce(world, entry));
  if (dice) handle = await treat(world, entry, handle, dice);
  for (;;) {
    const { state, endedAt } = await handle.get();
    if (endedAt !== null) return { entry, id: handle.id, state };
    if (performance.now() > end) throw new Error(`${entry.definition.name} (${handle.id}) is still ${state} after ${limitSeconds} s`);
    await delay(pollMs);
  }
}

function handleOf({ client }: World, kind: Entry['kind'], id: string): Handle {
  if (kind === 'campaign') {
    return {
      id,
      get: () => client.getCampaign(id),
      pause: () => client.pauseCampaign(id),
      resume: () => client.resumeCampaign(id),
      cancel: () => client.cancelCampaign(id),
    };
  }
  return {
    id,
    get: () => client.getStudy(id),
    pause: () => client.pause(id),
    resume: () => client.resume(id),
    cancel: () => client.cancel(id),
  };
}

async function treat(world: World, { treatment }: Entry, handle: Handle, dice: Dice): Promise<Handle> {
  switch (treatment) {
    case 'none':
      return handle;
    case 'paused':
      for (let round = 0; round < 3; round += 1) await pauseForAWhile(handle, dice);
      return handle;
    case 'cancelled':
      await delay(dice.between(4000, 12_000));
      await unlessEnded(() => handle.cancel());
      return handle;
    case 'moved':
      await delay(dice.between(4000, 12_000));
      return moveElsewhere(world, handle);
  }
}

async function pauseForAWhile(handle: Handle, dice: Dice): Promise<void> {
  await delay(dice.between(2000, 8000));
  await unlessEnded(() => handle.pause());
  await delay(dice.between(300, 3000));
  await unlessEnded(() => handle.resume());
}

/** Continues the study as an import of its own export and cancels the original. */
async function moveElsewhere(world: World, handle: Handle): Promise<Handle> {
  await unlessEnded(() => handle.pause());
  const id = await importOnce(world, await world.client.exportStudy(handle.id), handle.id);
  await unlessEnded(() => handle.cancel());
  const imported = handleOf(world, 'study', id);
  await unlessEnded(() => imported.resume());
  return imported;
}

/** A study that has ended cannot make a transition, and need not. */
async function unlessEnded(move: () => Promise<unknown>): Promise<void> {
  await move().catch((error: unknown) => {
    if (!(error instanceof ProblemError && error.code === 'state-conflict')) throw error;
  });
}
