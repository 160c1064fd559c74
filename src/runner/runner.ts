import { Abilities } from './abilities.ts';
import type { HeldTrial } from './evaluation-control.ts';
import { heartbeat } from './heartbeat.ts';
import { dataPreparations } from './local-trainer/data-preparation.ts';
import { Patience } from './patience.ts';
import { patientWorld } from './patient-world.ts';
import { periodically } from './periodic.ts';
import type { RunnerSettings, RunnerWorld } from './ports.ts';
import { startSlot } from './slot.ts';
import { sweep } from './sweep.ts';
import { tellingWorld } from './telling-world.ts';
import { unevaluableWatch } from './unevaluable.ts';

/** Interval at which unneeded step checkpoints are deleted. */
const pruneSeconds = 30;

/** The runner of a process: its slots, heartbeats and sweeps. */
export interface Runner extends AsyncDisposable {
  /** Returns the number of trials in evaluation. */
  busy(): number;
  /**
   * Claims no more, lets running steps finish, saves them, puts the trials back, and stops. Called again with
   * `now: true` it puts the trials back at once, which costs the steps being trained.
   */
  drain(options?: { readonly now?: boolean }): Promise<void>;
}

/**
 * Starts a runner. It registers nothing: the world comes with its registration. A database that is away costs it nothing
 * but time (see `Patience`).
 */
export function startRunner(outside: RunnerWorld, settings: RunnerSettings): Runner {
  const draining = new AbortController();
  const stopping = new AbortController();
  const patience = new Patience(outside, draining.signal);
  const world = tellingWorld(patientWorld(outside, patience));
  const preparations = dataPreparations();
  const shared = { world, settings, abilities: new Abilities(world.objectives), preparations, draining: draining.signal };
  const slots = Array.from({ length: settings.slots }, () => startSlot(shared));
  const held = (): HeldTrial[] => slots.flatMap((slot) => slot.held() ?? []);
  const fault = (what: string) => (error: unknown) => world.log.error({ err: error }, `${what} failed and will be retried`);
  // That the database is away was said once already.
  const unlessAway = (what: string) => (error: unknown) => world.isAway(error) || fault(what)(error);
  const beat = (): Promise<void> => heartbeat(world, settings, held());
  const lookForUnevaluable = unevaluableWatch(outside, settings);
  const look = async (): Promise<void> => {
    // A database that was away let all leases run out: what this runner still holds is renewed before ended leases are taken.
    await beat();
    // It comes round again: a study that it waited for would hold up the others, and the leases that end meanwhile.
    await patience.once(async () => {
      await sweep({ ...world, transactions: outside.transactions }, settings);
      await lookForUnevaluable();
    });
  };
  const chores = [
    periodically(settings.heartbeatSeconds, stopping.signal, beat, unlessAway('the heartbeat')),
    periodically(settings.sweepSeconds, stopping.signal, look, unlessAway('the sweep')),
    periodically(pruneSeconds, stopping.signal, () => world.artifacts.prune(), fault('pruning step checkpoints')),
  ];
  const stop = async (): Promise<void> => {
    await Promise.all(slots.map((slot) => slot.done));
    preparations[Symbol.dispose]();
    stopping.abort();
    await Promise.all(chores);
    // An unreachable database must not keep the process alive: leases expire by themselves.
    await world.registration.unregister().catch(fault('leaving the list of runners'));
  };
  let stopped: Promise<void> | null = null;
  const drain: Runner['drain'] = ({ now = false } = {}) => {
    draining.abort();
    for (const { control } of held()) control?.stop(now ? 'terminate' : 'drain');
    stopped ??= stop();
    return stopped;
  };
  return { busy: () => held().length, drain, [Symbol.asyncDispose]: () => drain() };
}
