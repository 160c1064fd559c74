import { setTimeout as delay } from 'node:timers/promises';
import { Dice } from '../dice.ts';
import { killings } from './kills.ts';
import { nuisances } from './nuisances.ts';
import type { Disturbance, Scene } from './scene.ts';

/** Amount of disturbance. */
export interface DisturbanceOptions {
  readonly seed: number;
  /** Number of kills after which disturbances end. */
  readonly kills: number;
  /** Mean time between two kills. Nuisances occur half as often. */
  readonly paceSeconds: number;
  /** Aborting it skips the remaining disturbances. */
  readonly until: AbortSignal;
}

/** Disturbs the open worlds until there were enough kills. */
export async function disturb(scene: Scene, options: DisturbanceOptions): Promise<void> {
  const enough = new AbortController();
  const until = AbortSignal.any([options.until, enough.signal]);
  const loop = (purpose: string, from: readonly Disturbance[], seconds: number): Promise<void> =>
    again(scene, { dice: new Dice(options.seed, purpose), from, seconds, until, mayGoOn: () => scene.tally.kills() < options.kills });
  const bothering = loop('nuisances', nuisances, options.paceSeconds * 2);
  await loop('kills', killings, options.paceSeconds);
  enough.abort();
  await bothering;
}

interface Loop {
  readonly dice: Dice;
  readonly from: readonly Disturbance[];
  readonly seconds: number;
  readonly until: AbortSignal;
  readonly mayGoOn: () => boolean;
}

async function again(scene: Scene, { dice, from, seconds, until, mayGoOn }: Loop): Promise<void> {
  while (mayGoOn()) {
    await delay(seconds * 1000 * dice.between(0.5, 1.5), undefined, { signal: until }).catch(() => undefined);
    if (until.aborted) return;
    const worlds = [...scene.worlds].map((world) => ({ world, weight: world.options.fast ? 3 : 1 })); // real trainers take seconds to start
    const [place, disturbance] = [dice.weighted(worlds), dice.weighted(from)];
    const done = place && disturbance ? await disturbance.act(scene, place.world, dice) : null;
    if (done !== null) scene.journal.note(done);
  }
}
