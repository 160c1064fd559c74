import { type MarkedProcess, sendSignal } from '../marked-processes.ts';
import { trialsHeldBy } from '../recovery.ts';
import type { Unit } from '../unit.ts';
import type { Disturbance, Scene } from './scene.ts';

/** SIGKILL to one process, which may be a trainer. For a runner, the recovery of its trials is measured. */
export const killings: readonly Disturbance[] = [
  { weight: 40, act: async (scene, world, dice) => killRunner(scene, dice.pick(world.running('runner')), world.database) },
  { weight: 35, act: async (scene, world, dice) => killTrainer(scene, dice.pick(world.trainers())) },
  { weight: 15, act: async (scene, world, dice) => killApi(scene, dice.pick(world.running('api'))) },
  {
    weight: 10,
    act: async (scene, world, dice) => {
      const done = await removeRunner(scene, dice.pick(world.running('runner')), world.database);
      if (done !== null) await world.addRunner();
      return done;
    },
  },
];

type Database = Parameters<typeof trialsHeldBy>[0];

/** Kills a runner. Its supervisor restarts it at once on the same machine. */
async function killRunner(scene: Scene, unit: Unit | undefined, database: Database): Promise<string | null> {
  if (!unit || unit.pid === null) return null;
  const held = await trialsHeldBy(database, { host: unit.options.host, pid: unit.pid });
  if (!unit.kill()) return null;
  scene.tally.add('runners killed');
  const { touches } = unit;
  measured(
    scene,
    scene.recovery.measure(database, 'same-host', held, () => unit.touches === touches),
  );
  return `SIGKILL to ${unit.options.name}, which held ${held.length} trials`;
}

/** Removes a runner with its machine. A new machine takes its place. */
async function removeRunner(scene: Scene, unit: Unit | undefined, database: Database): Promise<string | null> {
  if (!unit || unit.pid === null) return null;
  const held = await trialsHeldBy(database, { host: unit.options.host, pid: unit.pid });
  const removed = unit.remove();
  scene.tally.add('runners removed for good');
  measured(
    scene,
    scene.recovery.measure(database, 'other-host', held, () => true),
  );
  await removed;
  return `${unit.options.name}, which held ${held.length} trials, is removed for good`;
}

async function killTrainer(scene: Scene, trainer: MarkedProcess | undefined): Promise<string | null> {
  if (!trainer || !sendSignal(trainer.pid, 'SIGKILL')) return null;
  scene.tally.add('trainers killed');
  return `SIGKILL to trainer ${trainer.pid} of process ${trainer.parent}`;
}

async function killApi(scene: Scene, unit: Unit | undefined): Promise<string | null> {
  if (!unit?.kill()) return null;
  scene.tally.add('apis killed');
  return `SIGKILL to ${unit.options.name}`;
}

/** Measures in the background. */
function measured({ journal }: Scene, measuring: Promise<void>): void {
  measuring.catch((error: unknown) => journal.note(`a recovery could not be measured: ${String(error)}`));
}
