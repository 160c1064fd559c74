import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { disturb } from './disturbances/disturb.ts';
import type { Scene } from './disturbances/scene.ts';
import { type Difference, type Journal, openJournal } from './journal.ts';
import { type ChaosPostgres, startChaosPostgres } from './postgres.ts';
import { RecoveryTimes } from './recovery.ts';
import { playRound, type RoundOptions } from './round.ts';
import { Tally } from './tally.ts';
import type { Entry } from './workload/entry.ts';
import { fastWorkload } from './workload/fast.ts';
import { realWorkload } from './workload/real.ts';

/** Options of a chaos run. */
export interface ChaosOptions {
  readonly kills: number;
  /** Seed of the disturbances and their times, which are repeatable as far as timing allows. */
  readonly seed: number;
  /** Mean time between two kills. */
  readonly paceSeconds: number;
  /** Time after which disturbances end, even if there were fewer kills. */
  readonly disturbSeconds: number;
  /** True to run real trainings besides the fast ones. */
  readonly real: boolean;
  /** Lease time; null for the product's default. */
  readonly leaseSeconds: number | null;
  /** True to keep the logs even if there is no difference. */
  readonly keepLogs: boolean;
  /** Called every few seconds with the progress. */
  readonly onProgress: (line: string) => void;
}

/** Result of a chaos run. */
export interface ChaosResult {
  readonly tally: Tally;
  readonly recovery: RecoveryTimes;
  readonly differences: readonly Difference[];
  readonly seconds: number;
  /** Contains the logs of every process and `journal.log`, the list of disturbances. Removed if there was no difference, unless `keepLogs` is set. */
  readonly folder: string;
}

const progressMs = 5000;
/** The product's default. */
const defaultLeaseSeconds = 15;

/** A kind of world that is played repeatedly. */
interface Site {
  readonly name: string;
  readonly workload: readonly Entry[];
  readonly world: Omit<RoundOptions['world'], 'name' | 'settings' | 'datasets'>;
  readonly settings: Readonly<Record<string, string>>;
}

const fastSite: Site = {
  name: 'fast',
  workload: fastWorkload,
  world: { apis: 2, runners: 3, fast: true },
  settings: { CLAVIER_SLOTS: '2' },
};
const realSite: Site = {
  name: 'real',
  workload: realWorkload,
  world: { apis: 1, runners: 2, fast: false },
  settings: { CLAVIER_SLOTS: '1' },
};

/**
 * Plays every workload once undisturbed, then repeatedly while it kills processes and disturbs them otherwise, until there
 * were enough kills. Compares every ended study with the undisturbed one.
 */
export async function runChaos(options: ChaosOptions): Promise<ChaosResult> {
  const folder = await mkdtemp(join(tmpdir(), 'clavier-chaos-'));
  await chmod(folder, 0o755);
  const journal = openJournal(join(folder, 'journal.log'));
  options.onProgress(`seed ${options.seed}; logs in ${folder}`);
  const [tally, recovery] = [new Tally(), new RecoveryTimes()];
  {
    await using postgres = await startChaosPostgres(join(folder, 'postgres'));
    const scene = sceneOf(options, { postgres, journal, tally, recovery });
    using _progress = reportProgress(scene, options);
    const sites = options.real ? [fastSite, realSite] : [fastSite];
    await playSites(scene, sites, folder, options);
  }
  const { differences } = journal;
  if (differences.length === 0 && !options.keepLogs) await rm(folder, { recursive: true, force: true });
  return { tally, recovery, differences, seconds: journal.seconds(), folder };
}

function sceneOf(
  { leaseSeconds }: ChaosOptions,
  parts: { postgres: ChaosPostgres; journal: Journal; tally: Tally; recovery: RecoveryTimes },
): Scene {
  return {
    ...parts,
    worlds: new Set(),
    stopped: new Set(),
    leaseSeconds: leaseSeconds ?? defaultLeaseSeconds,
    calm: 0,
    restarting: Promise.resolve(),
  };
}

async function playSites(scene: Scene, sites: readonly Site[], folder: string, options: ChaosOptions): Promise<void> {
  const datasets = join(folder, 'datasets');
  const play = (site: Site, name: string, rest: Pick<RoundOptions, 'expected' | 'seed'> & { datasets: string | null }) =>
    playRound({
      scene,
      world: { ...site.world, name, settings: { ...site.settings, ...leaseSettings(options) }, datasets: rest.datasets },
      folder,
      workload: site.workload,
      keepDatasets: datasets,
      ...rest,
    });
  const expected = await Promise.all(
    sites.map((site) => play(site, `${site.name}-undisturbed`, { expected: null, seed: 0, datasets: null })),
  );
  scene.journal.note('the undisturbed runs have ended');
  const stop = AbortSignal.timeout(options.disturbSeconds * 1000);
  const goesOn = (): boolean => scene.tally.kills() < options.kills && !stop.aborted;
  const repeated = sites.map(async (site, index) => {
    for (let round = 1; round === 1 || goesOn(); round += 1) {
      await play(site, `${site.name}-${round}`, { expected: expected[index] ?? new Map(), seed: options.seed + round, datasets });
    }
  });
  await Promise.all([...repeated, disturb(scene, { ...options, until: stop })]);
}

function leaseSettings({ leaseSeconds }: ChaosOptions): Record<string, string> {
  if (leaseSeconds === null) return {};
  const often = String(leaseSeconds / 5);
  return { CLAVIER_LEASE_SECONDS: String(leaseSeconds), CLAVIER_HEARTBEAT_SECONDS: often, CLAVIER_SWEEP_SECONDS: often };
}

function reportProgress({ journal, tally }: Scene, { kills, onProgress }: ChaosOptions): Disposable {
  const timer = setInterval(() => {
    const minutes = Math.floor(journal.seconds() / 60);
    const time = `${minutes}:${String(Math.floor(journal.seconds() % 60)).padStart(2, '0')}`;
    const ended = tally.of('studies') + tally.of('campaigns');
    onProgress(
      `${time}  ${tally.kills()} of ${kills} kills, ${ended} studies and campaigns ended, ${journal.differences.length} differences`,
    );
  }, progressMs);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
