import { commandLine } from './access/audit.ts';
import { makeKey } from './access/make-key.ts';
import { defaultProject } from './access/project.ts';
import { type KeyRequest, keyRequestSchema, type NewKeyRepresentation, representKey } from './api/key.ts';
import { UsageError } from './cli/exit-codes.ts';
import type { Config } from './config.ts';
import { openContext } from './context.ts';
import { createLog } from './log.ts';
import { DataFolderBusyError } from './store/embedded/errors.ts';

/**
 * Makes a key in the database itself: that of DATABASE_URL, or that of the data folder, on which no service may run. For the first key,
 * which no other can make. A service on the same database knows it within ten seconds.
 *
 * @throws UsageError if the request is invalid, or a service runs on the data folder; errors of the environment as `openContext` does
 */
export async function makeLocalKey(config: Config, request: KeyRequest, stop: AbortSignal): Promise<NewKeyRepresentation> {
  const checked = keyRequestSchema.safeParse(request);
  if (!checked.success)
    throw new UsageError(checked.error.issues.map(({ path, message }) => `the ${path.join('.')} of the key ${message}`).join('; '));
  const { name, scopes, project = config.project ?? defaultProject, expiresAt } = checked.data;
  const expires = expiresAt === undefined ? null : new Date(expiresAt);
  if (expires !== null && expires <= new Date()) throw new UsageError('the key would have expired already: name a time in the future');
  await using context = await openContext(config, createLog({ ...config, logLevel: 'warn' }, 'stderr'), {
    verb: 'key create',
    ownsDataFolder: config.databaseUrl === null,
    stop,
  }).catch((error: unknown) => {
    throw error instanceof DataFolderBusyError ? folderInUse(config, error) : error;
  });
  const made = await makeKey(context.access, { name, scopes, project, expiresAt: expires }, commandLine);
  if (!made) throw new UsageError(`there is no project ${project}: create it with an admin key of all projects (clavier project create)`);
  return { ...representKey(made.key), secret: made.secret };
}

function folderInUse({ dataFolder }: Config, error: DataFolderBusyError): UsageError {
  return new UsageError(
    `${dataFolder} is in use by process ${error.pid}, probably a service: make the key over its API instead, without --local (the first key needs no other on a loopback address), or stop it`,
    { cause: error },
  );
}
