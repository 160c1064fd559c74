import { datasetPreparation } from './dataset-preparation.ts';
import { heartbeat } from './heartbeat.ts';
import { periodically } from './periodic.ts';
import type { RunnerSettings, RunnerWorld } from './ports.ts';
import { type HeldTrial, startSlot } from './slot.ts';
import { sweep } from './sweep.ts';

/** Epoch checkpoints that nobody needs any more are deleted this often. */
const pruneSeconds = 30;

/** A process's share of the work: its slots, heartbeats and sweeps. */
export interface Runner extends AsyncDisposable {
  /** Trials being trained right now. */
  busy(): number;
  /**
   * Claims no more, lets running epochs finish, saves them, puts the trials back, and stops. Called again with
   * `now: true` it puts the trials back at once, which costs the epochs being trained.
   */
  drain(options?: { readonly now?: boolean }): Promise<void>;
}

/** Starts a runner. It registers nothing: the world comes with its registration. */
export function startRunner(world: RunnerWorld, settings: RunnerSettings): Runner {
  const draining = new AbortController();
  const stopping = new AbortController();
  const datasets = datasetPreparation({ entry: settings.prepareEntry, dataFolder: settings.dataFolder, imdbArchive: settings.imdbArchive });
  const slots = Array.from({ length: settings.slots }, () => startSlot({ world, settings, datasets, draining: draining.signal }));
  const held = (): HeldTrial[] => slots.flatMap((slot) => slot.held() ?? []);
  const fault = (what: string) => (error: unknown) => world.log.error({ err: error }, `${what} met a fault; it is tried again`);
  const chores = [
    periodically(settings.heartbeatSeconds, stopping.signal, () => heartbeat(world, settings, held()), fault('the heartbeat')),
    periodically(settings.sweepSeconds, stopping.signal, () => sweep(world, settings), fault('the sweep')),
    periodically(pruneSeconds, stopping.signal, () => world.artifacts.prune(), fault('pruning epoch checkpoints')),
  ];
  const stop = async (): Promise<void> => {
    await Promise.all(slots.map((slot) => slot.done));
    datasets[Symbol.dispose]();
    stopping.abort();
    await Promise.all(chores);
    // A database that is away must not keep the process: leases end by themselves.
    await world.registration.unregister().catch(fault('leaving the list of runners'));
  };
  let stopped: Promise<void> | null = null;
  const drain: Runner['drain'] = ({ now = false } = {}) => {
    draining.abort();
    for (const { control } of held()) {
      if (now) control?.stopNow('release');
      else control?.stopAfterEpoch();
    }
    stopped ??= stop();
    return stopped;
  };
  return { busy: () => held().length, drain, [Symbol.asyncDispose]: () => drain() };
}
