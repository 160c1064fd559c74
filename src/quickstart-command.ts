import { join } from 'node:path';
import { newSecret } from './access/secret.ts';
import type { Quickstart } from './api/quickstart.ts';
import { type QuickstartEnd, quickstart } from './cli/quickstart.ts';
import { createClient } from './client/client.ts';
import type { Config } from './config.ts';
import { createLog } from './log.ts';
import { type Service, startService } from './service.ts';
import { counted } from './shared/counted.ts';
import { isLoopbackHost } from './shared/loopback.ts';
import { makeFolder } from './shared/make-folder.ts';
import { type StopRequests, whenAborted } from './signals.ts';
import { inDataFolder } from './start-faults.ts';
import { withService } from './with-service.ts';

/**
 * Runs the example campaign on a service of its own. The log goes to a file, because the screen shows the campaign.
 *
 * @returns the exit code: 0 with a winner, 1 without one, 130 when it was stopped
 * @throws StartError when the data folder cannot be used; whatever `withService` throws
 */
export async function runQuickstart(config: Config, example: Quickstart, stop: StopRequests): Promise<number> {
  await inDataFolder(config, () => makeFolder(config.dataFolder));
  const logFile = join(config.dataFolder, 'quickstart.log');
  const log = createLog(config, { file: logFile }, (text) => process.stderr.write(`clavier: ${logFile}: ${text}\n`));
  say(`Starting PostgreSQL and the service (${counted(config.slots, 'slot')}; details in ${logFile}) …`);
  void whenAborted(stop.asked).then(() =>
    say('\nStopping: running steps finish and are saved (press Ctrl-C again to abandon them). Run the same command to continue.'),
  );
  const roles = { verb: 'quickstart', api: true, runner: true };
  // The service may have keys by now: the example has the operator's.
  const key = config.key ?? (isLoopbackHost(config.host) ? newSecret() : null);
  const life = { start: () => startService({ ...config, key }, log, roles, { stop: stop.asked }), stop, log };
  const end = await withService(life, (service) => runOn(service, { example, key: key ?? undefined, stop: stop.asked }));
  if (end?.kind === 'winner') say(nextSteps(config.dataFolder, end.campaign.id));
  if (end === null || end.kind === 'stopped') return 130;
  return end.kind === 'winner' ? 0 : 1;
}

/** The example, the key of its service, and the request to stop. */
interface Run {
  readonly example: Quickstart;
  readonly key: string | undefined;
  readonly stop: AbortSignal;
}

async function runOn(service: Service, { example, key, stop }: Run): Promise<QuickstartEnd> {
  if (service.url === null) throw new Error('the API did not start');
  say(`The API is at ${service.url} while this runs, and its documentation at ${service.url}/docs`);
  const client = createClient({ baseUrl: service.url, key });
  return quickstart({ client, example, screen: { stream: process.stdout, plainLineSeconds: 5 }, stop });
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function nextSteps(dataFolder: string, campaignId: string): string {
  return [
    '',
    `Next steps (everything is kept in ${dataFolder}):`,
    '  npm start                    starts the service on http://127.0.0.1:8080. Then:',
    `  http://127.0.0.1:8080/v1/campaigns/${campaignId}/report.html`,
    '                               shows the report with all plots in a browser',
    `  npm run clavier -- campaign report ${campaignId}`,
    `  curl -s http://127.0.0.1:8080/v1/campaigns/${campaignId}/winner`,
    '  http://127.0.0.1:8080/docs   documents the API and lets you try it',
    '  README.md                    says how to POST a study or a campaign of your own',
  ].join('\n');
}
