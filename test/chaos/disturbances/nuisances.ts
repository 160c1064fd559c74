import { setTimeout as delay } from 'node:timers/promises';
import type { Dice } from '../dice.ts';
import { sendSignal } from '../marked-processes.ts';
import type { Unit } from '../unit.ts';
import type { World } from '../world.ts';
import type { Disturbance, Scene } from './scene.ts';

const hourMs = 3_600_000;
/** Jumps of a clock: a wrong year, a wrong day, daylight saving time, a machine that woke up. */
const jumpsMs = [-400 * 24 * hourMs, -24 * hourMs, -hourMs, -5000, 5000, hourMs, 24 * hourMs, 400 * 24 * hourMs] as const;

/** Disturbances that do not kill a process. */
export const nuisances: readonly Disturbance[] = [
  { weight: 16, act: stopProcess },
  { weight: 8, act: stopTrainer },
  { weight: 12, act: restartPostgres },
  { weight: 18, act: cutConnections },
  { weight: 6, act: isolate },
  { weight: 22, act: loseAnswers },
  { weight: 9, act: fillDisk },
  { weight: 9, act: jumpClock },
];

/** Stops an API or a runner with SIGSTOP for longer than a lease. The process does not know how long it was stopped. */
async function stopProcess(scene: Scene, world: World, dice: Dice): Promise<string | null> {
  const unit = anyUnit(world, dice);
  const seconds = scene.leaseSeconds + dice.between(1, 6);
  if (!unit || unit.stopped || !unit.stopFor(seconds)) return null;
  scene.tally.add('processes stopped and continued');
  return `SIGSTOP to ${unit.options.name} for ${seconds.toFixed(1)} s`;
}

async function stopTrainer(scene: Scene, world: World, dice: Dice): Promise<string | null> {
  const trainer = dice.pick(world.trainers());
  const seconds = dice.between(1, scene.leaseSeconds + 4);
  if (!trainer || !sendSignal(trainer.pid, 'SIGSTOP')) return null;
  scene.tally.add('processes stopped and continued');
  scene.stopped.add(trainer.pid);
  const goOn = (): void => {
    sendSignal(trainer.pid, 'SIGCONT');
    scene.stopped.delete(trainer.pid);
  };
  setTimeout(goOn, seconds * 1000).unref();
  return `SIGSTOP to trainer ${trainer.pid} of process ${trainer.parent} for ${seconds.toFixed(1)} s`;
}

/** Restarts PostgreSQL, mostly at once (a crash), sometimes after longer than a lease (an outage). */
async function restartPostgres(scene: Scene, _world: World, dice: Dice): Promise<string | null> {
  const awaySeconds = dice.chance(0.15) ? scene.leaseSeconds + 5 : dice.between(0, 3);
  if (scene.calm > 0) return null;
  scene.tally.add('PostgreSQL restarted');
  scene.recovery.interrupt();
  scene.restarting = scene.postgres.restart(awaySeconds);
  await scene.restarting;
  scene.recovery.interrupt();
  return `PostgreSQL was stopped at once and started after ${awaySeconds.toFixed(1)} s`;
}

async function cutConnections(scene: Scene, world: World, dice: Dice): Promise<string | null> {
  const unit = anyUnit(world, dice);
  const cut = unit?.options.gate.cut() ?? 0;
  if (!unit || cut === 0) return null;
  unit.touch();
  scene.tally.add('connections cut', cut);
  return `${cut} connections of ${unit.options.name} cut`;
}

async function isolate(scene: Scene, world: World, dice: Dice): Promise<string | null> {
  const unit = anyUnit(world, dice);
  const seconds = dice.chance(0.3) ? scene.leaseSeconds + dice.between(1, 5) : dice.between(1, 6);
  if (!unit) return null;
  unit.touch();
  unit.options.gate.isolate(seconds);
  scene.tally.add('processes isolated from the database');
  return `${unit.options.name} is isolated from the database for ${seconds.toFixed(1)} s`;
}

/** Makes a process lose answers. They are counted at the end of a round, when it is known how many were lost. */
async function loseAnswers(_scene: Scene, world: World, dice: Dice): Promise<string | null> {
  const unit = anyUnit(world, dice);
  const count = dice.pick([1, 1, 2, 3]) ?? 1;
  if (!unit) return null;
  unit.touch();
  unit.options.gate.loseAnswers(count);
  return `the next ${count} answers to a commit of ${unit.options.name} are lost`;
}

async function fillDisk(scene: Scene, world: World, dice: Dice): Promise<string | null> {
  const seconds = dice.between(2, 8);
  await world.setDiskFull(true);
  scene.tally.add('disks full');
  void delay(seconds * 1000, undefined, { ref: false }).then(() => world.setDiskFull(false));
  return `the disk of ${world.options.name} is full for ${seconds.toFixed(1)} s`;
}

async function jumpClock(scene: Scene, world: World, dice: Dice): Promise<string | null> {
  const unit = anyUnit(world, dice);
  const jumpMs = dice.pick(jumpsMs) ?? hourMs;
  if (!unit?.jump(jumpMs)) return null;
  unit.touch();
  scene.tally.add('clocks jumped');
  return `the clock of ${unit.options.name} jumps by ${jumpMs / 1000} s`;
}

/** Picks a unit: a runner in three of four cases, or else an API. */
function anyUnit(world: World, dice: Dice): Unit | undefined {
  return dice.pick(world.running(dice.chance(0.75) ? 'runner' : 'api'));
}
