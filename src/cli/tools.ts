import type { Readable } from 'node:stream';
import type { Command } from 'commander';
import type { Client } from '../client/client.ts';
import { endingOf, exitCodes } from './exit-codes.ts';
import { addressOf, keyOf } from './option-values.ts';
import type { Screen } from './study-progress.ts';

/** What every command over the API works with. */
export interface CommandTools {
  readonly client: Client;
  /** Results: what a script reads. */
  readonly out: NodeJS.WritableStream;
  /** Progress and remarks, which a pipe of the results does not see. */
  readonly screen: Screen;
  readonly input: Readable;
  /** Aborted by Ctrl-C. */
  readonly stop: AbortSignal;
  /** Time between two looks at what is watched. Default 1000. */
  readonly pollMs?: number | undefined;
}

/** Which service a command asks. What is not named comes from the environment. */
export interface ConnectionOptions {
  readonly url?: string;
  readonly key?: string;
}

/** What the commands over the API need of whoever starts them. */
export interface CommandWorld {
  /** Tools for the service that the options name, and its address. Throws where the environment is wrong. */
  readonly connect: (options: ConnectionOptions) => { readonly url: string; readonly tools: CommandTools };
  readonly setExitCode: (code: number) => void;
}

/** Adds the options that say which service is asked. */
export function withConnection(command: Command): Command {
  return command
    .option('--url <address>', 'the service to ask; else CLAVIER_URL, else http://127.0.0.1:8080', addressOf)
    .option('--key <key>', 'sent as a bearer token, for a service behind a gate; else CLAVIER_KEY', keyOf);
}

/** Runs the work of a command and sets the exit code; an error is told in plain words on standard error. */
export async function runCommand(
  { connect, setExitCode }: CommandWorld,
  options: ConnectionOptions,
  work: (tools: CommandTools) => Promise<number>,
): Promise<void> {
  const { url, tools } = connect(options);
  try {
    setExitCode(await work(tools));
  } catch (error) {
    // Whatever it was waiting for was given up with it.
    const stopped = { code: exitCodes.stopped, message: 'stopped before it was done' };
    const { code, message } = tools.stop.aborted ? stopped : endingOf(error, url);
    tools.screen.stream.write(`clavier: ${message}\n`);
    setExitCode(code);
  }
}

/** Says that the end of the watching is not the end of what was watched. @returns the exit code */
export function stoppedWatching({ screen }: CommandTools, what: 'study' | 'campaign'): number {
  screen.stream.write(`Stopped watching; the ${what} goes on.\n`);
  return exitCodes.stopped;
}

/** Writes a value as JSON, for programs. */
export function writeJson({ out }: CommandTools, value: unknown): void {
  out.write(`${JSON.stringify(value, null, 2)}\n`);
}

/** Writes text and ends the line. */
export function writeLine({ out }: CommandTools, text: string): void {
  out.write(`${text}\n`);
}
