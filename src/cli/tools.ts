import type { Readable } from 'node:stream';
import type { Command } from 'commander';
import type { Client } from '../client/client.ts';
import { endingOf, exitCodes } from './exit-codes.ts';
import { addressOf, keyOf, projectOf } from './option-values.ts';
import type { Screen } from './study-progress.ts';

/** Dependencies of every command that calls the API. */
export interface CommandTools {
  readonly client: Client;
  /** Address of the service, for messages. */
  readonly url: string;
  /** Environment variables, for commands that start programs. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Standard output, for the results that a script reads. `columns`: width of the terminal; a file or pipe has none. */
  readonly out: NodeJS.WritableStream & { readonly columns?: number | undefined };
  /** Standard error, for progress and remarks, which stay out of piped results. */
  readonly screen: Screen;
  /** Standard input; `isTTY`: a terminal, where a person can be asked. */
  readonly input: Readable & { readonly isTTY?: boolean };
  /** Aborted on Ctrl-C. */
  readonly stop: AbortSignal;
  /** Shortest time between two looks of a watch. Default 1000. */
  readonly pollMs?: number | undefined;
}

/** The service that a command calls. Missing options come from the environment. */
export interface ConnectionOptions {
  readonly url?: string;
  readonly key?: string;
  readonly project?: string;
}

/** Adds a command to a group. */
export type AddCommand = (usage: string, description: string) => Command;

/** Runs a command of a group. */
export type RunCommand = (options: ConnectionOptions, work: (tools: CommandTools) => Promise<number>) => Promise<void>;

/** The requests of a command at Ctrl-C. */
export interface RequestLife {
  /** True: they continue, because the command has to tell the service that it stops. Default: they are abandoned. */
  readonly outlivesStop: boolean;
}

/** Creates the tools of the commands that call the API. */
export interface CommandWorld {
  /** Returns the tools for a service. Throws if the environment is invalid. */
  readonly connect: (options: ConnectionOptions, life: RequestLife) => CommandTools;
  readonly setExitCode: (code: number) => void;
}

/** Adds the options that select the service. */
export function withConnection(command: Command): Command {
  return command
    .option('--url <address>', 'address of the service; default: CLAVIER_URL, or http://127.0.0.1:8080', addressOf)
    .option('--key <key>', 'key of the service, sent as a bearer token; default: CLAVIER_KEY', keyOf)
    .option('--project <name>', 'project to act in, for a key of all projects; default: CLAVIER_PROJECT, or that of the key', projectOf);
}

/** Runs a command and sets the exit code. Prints an error in plain words on standard error. */
export async function runCommand(
  { connect, setExitCode }: CommandWorld,
  options: ConnectionOptions,
  work: (tools: CommandTools) => Promise<number>,
  life: RequestLife = { outlivesStop: false },
): Promise<void> {
  const tools = connect(options, life);
  try {
    setExitCode(await work(tools));
  } catch (error) {
    // The stop also aborted the request that the command was waiting for.
    const stopped = { code: exitCodes.stopped, message: 'stopped before it was done' };
    const { code, message } = tools.stop.aborted ? stopped : endingOf(error, tools.url);
    tools.screen.stream.write(`clavier: ${message}\n`);
    setExitCode(code);
  }
}

/** Tells the user that the study or campaign continues. @returns the exit code */
export function stoppedWatching({ screen }: CommandTools, what: 'study' | 'campaign'): number {
  screen.stream.write(`Stopped watching; the ${what} continues.\n`);
  return exitCodes.stopped;
}

/** Writes a value as JSON. */
export function writeJson({ out }: CommandTools, value: unknown): void {
  out.write(`${JSON.stringify(value, null, 2)}\n`);
}

/** Writes a line of text. */
export function writeLine({ out }: CommandTools, text: string): void {
  out.write(`${text}\n`);
}
