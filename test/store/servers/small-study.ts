import { loadConfig } from '../../../src/config.ts';
import { createLog } from '../../../src/log.ts';
import { startService } from '../../../src/service.ts';
import { eventually } from '../../support/eventually.ts';
import { temporaryFolder } from '../temporary-folder.ts';

/** A study with every kind of parameter, floats that need all their digits, and words beyond ASCII. */
const definition = {
  name: 'Größe ≠ 大きさ',
  labels: { team: 'équipe čas', model: 'µ' },
  searchSpace: [
    { type: 'float', name: 'x1', low: -5, high: 10 },
    { type: 'float', name: 'x2', low: 0.1, high: 15 },
    { type: 'int', name: 'steps', low: 1, high: 3 },
  ],
  metrics: [{ name: 'value' }],
  sampler: { type: 'tpe', startupTrials: 3 },
  budget: { trials: 6 },
  seed: 11,
  objective: { type: 'test-function', function: 'branin', noise: 0.1, failures: 0.1 },
};

/** The answers about a study that must not depend on the server. */
export interface SmallStudy {
  /** Digest of the whole export. */
  readonly digest: string;
  readonly name: string;
  readonly leaderboard: unknown;
  /** Greatest distance of a moment in the answers from now, in seconds. */
  readonly offBySeconds: number;
}

/**
 * Starts the service on a database and takes a study through its life: created, run, listed, exported, verified, imported.
 *
 * @throws if an answer is not a success, or the study differs from its own log
 */
export async function throughSmallStudy(databaseUrl: string): Promise<SmallStudy> {
  await using folder = await temporaryFolder();
  const config = loadConfig({
    DATABASE_URL: databaseUrl,
    CLAVIER_DATA_DIR: folder.path,
    CLAVIER_PORT: '0',
    CLAVIER_SLOTS: '2',
    CLAVIER_SWEEP_SECONDS: '0.2',
  });
  const log = createLog({ logLevel: 'silent', key: null, databaseUrl: null }, 'stdout');
  const service = await startService(config, log, { verb: 'serve', api: true, runner: true }, { stop: new AbortController().signal });
  try {
    return await lifeOf(`${service.url}/v1/studies`);
  } finally {
    await service.drain({ now: true });
  }
}

async function lifeOf(studies: string): Promise<SmallStudy> {
  const { id } = await answer(studies, definition);
  const study = await eventually(async () => {
    const found = await answer(`${studies}/${id}`);
    return found.state === 'active' ? false : found;
  });
  const trials = await answer(`${studies}/${id}/trials`);
  const leaderboard = await answer(`${studies}/${id}/leaderboard`);
  const verification = await answer(`${studies}/${id}/verify`, {});
  if (!verification.verified) throw new Error(`the study differs from its log: ${JSON.stringify(verification.differences)}`);
  const exported = await answer(`${studies}/${id}/export`);
  const copy = await answer(`${studies}/import`, { document: exported });
  const copied = await answer(`${studies}/${copy.id}/verify`, {});
  if (!copied.verified) throw new Error(`the imported study differs from its log: ${JSON.stringify(copied.differences)}`);
  const moments = [study.createdAt, study.endedAt, ...trials.items.flatMap((trial: Trial) => [trial.queuedAt, trial.endedAt])];
  return {
    digest: verification.digest,
    name: (await answer(studies)).items.find((item: { id: string }) => item.id === id)?.name,
    leaderboard: leaderboard.items.map(({ number, values }: { number: number; values: unknown }) => ({ number, values })),
    offBySeconds: Math.max(...moments.map((moment: string) => Math.abs(Date.now() - Date.parse(moment)) / 1000)),
  };
}

interface Trial {
  readonly queuedAt: string;
  readonly endedAt: string;
}

/** Asks, or posts where there is a body. @throws for anything but a success */
async function answer(url: string, body?: object) {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, body === undefined ? {} : { method: 'POST', headers, body: JSON.stringify(body) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text}`);
  return JSON.parse(text);
}
