import { PassThrough } from 'node:stream';
import { Command } from 'commander';
import { addAuditCommand } from '../../src/cli/audit-command.ts';
import { addCampaignCommands } from '../../src/cli/campaign-commands.ts';
import { usageExitCode } from '../../src/cli/exit-codes.ts';
import { addKeyCommands, type MakeLocalKey } from '../../src/cli/key-commands.ts';
import { addPresetCommands } from '../../src/cli/preset-commands.ts';
import { addProjectCommands } from '../../src/cli/project-commands.ts';
import { addStudyCommands } from '../../src/cli/study-commands.ts';
import type { ConnectionOptions } from '../../src/cli/tools.ts';
import { addWebhookCommands } from '../../src/cli/webhook-commands.ts';
import { addWorkerCommand } from '../../src/cli/worker-command.ts';
import type { Client } from '../../src/client/client.ts';
import { type Call, fakeClient } from './fake-client.ts';
import { screen } from './screen.ts';

/** What a command line came to. */
export interface Outcome {
  readonly code: number | undefined;
  /** What a pipe of its results holds. */
  readonly out: string;
  /** What the person at the terminal sees beside them. */
  readonly err: string;
  readonly calls: readonly Call[];
  /** Which service it asked, as far as its options say. */
  readonly connections: readonly ConnectionOptions[];
}

/** What stands around a command line. */
interface Surroundings {
  /** What is piped in; null: nothing comes, and no end of it. */
  readonly input?: string | null;
  readonly stop?: AbortSignal;
  readonly terminal?: boolean;
  /** True where the input is a terminal, on which a person can be asked. */
  readonly inputTerminal?: boolean;
  /** Width of the terminal on which results appear; a pipe has none. */
  readonly columns?: number;
  /** Makes a key without a service. */
  readonly makeLocalKey?: MakeLocalKey;
}

export const serviceUrl = 'http://service.example';

/** Runs `clavier ARGS…` against answers of a service. An error that `main` would have to tell is thrown. */
export async function commandLine(args: readonly string[], answers: Partial<Client> = {}, around: Surroundings = {}): Promise<Outcome> {
  const { client, calls } = fakeClient(answers);
  const [out, err] = [screen(), screen({ terminal: around.terminal ?? false })];
  const input = Object.assign(new PassThrough(), { isTTY: around.inputTerminal ?? false });
  if (around.input !== null) input.end(around.input ?? '');
  const connections: ConnectionOptions[] = [];
  let code: number | undefined;
  const stop = around.stop ?? new AbortController().signal;
  const world = {
    connect: ({ url, key, project }: ConnectionOptions) => {
      connections.push({ ...(url !== undefined && { url }), ...(key !== undefined && { key }), ...(project !== undefined && { project }) });
      const streams = { out: Object.assign(out.stream, { columns: around.columns }), screen: err, input };
      return { client, url: serviceUrl, environment: process.env, ...streams, stop, pollMs: 1 };
    },
    setExitCode: (ended: number) => {
      code = ended;
    },
  };
  const program = new Command('clavier').exitOverride().showHelpAfterError();
  program.configureOutput({ writeOut: (text) => out.stream.write(text), writeErr: (text) => err.stream.write(text) });
  addStudyCommands(program, world);
  addCampaignCommands(program, world);
  addPresetCommands(program, world);
  addWorkerCommand(program, world);
  addKeyCommands(program, world, around.makeLocalKey ?? (() => Promise.reject(new Error('there is no database'))));
  addProjectCommands(program, world);
  addAuditCommand(program, world);
  addWebhookCommands(program, world);
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    code = usageExitCode(error);
    if (code === undefined) throw error;
  }
  return { code, out: out.text(), err: err.text(), calls, connections };
}
