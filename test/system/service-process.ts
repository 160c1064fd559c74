import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { StudyRepresentation } from '../../src/api/study.ts';
import type { TrialDetailRepresentation, TrialRepresentation } from '../../src/api/trial.ts';
import { mainFile } from '../chaos/checkout.ts';
import { eventually } from '../support/eventually.ts';
import { guardGroup } from './guard-group.ts';
import { killAll, processTree } from './process-tree.ts';

/** A process of the command line, as a user starts it. Disposing it kills it and its descendants, and so does the end of this process. */
export interface ServiceProcess extends AsyncDisposable {
  readonly pid: number;
  /** Waits for the address of its API in its output. */
  url(): Promise<string>;
  /** Its output so far. */
  output(): string;
  signal(signal: NodeJS.Signals): void;
  /** Its exit code, or null if a signal ended it. */
  readonly exited: Promise<number | null>;
  /** Settles when all output of the process and its children has been read. */
  readonly closed: Promise<void>;
  /** Sends SIGKILL to the process and its descendants, PostgreSQL and trainers included; resolves when all have ended. */
  killTree(): Promise<void>;
}

/**
 * Starts `clavier VERB …` with its own settings. It inherits none of this environment's settings.
 *
 * @param settings variables of its environment, also those that do not belong to Clavier
 * @param nodeArguments options of Node, before the program; trainers inherit them
 */
export function startProcess(
  args: readonly string[],
  settings: Readonly<Record<string, string>>,
  nodeArguments: readonly string[] = [],
): ServiceProcess {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(CLAVIER_|OTEL_|DATABASE_URL$)/.test(name));
  const env = { ...Object.fromEntries(inherited), CLAVIER_PORT: '0', CLAVIER_LOG_LEVEL: 'debug', ...settings };
  const child = spawn(process.execPath, [...nodeArguments, mainFile, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const output = collect(child);
  const exited = once(child, 'exit').then(([code]) => (typeof code === 'number' ? code : null));
  const pid = child.pid ?? 0;
  const closed = once(child, 'close').then(() => undefined);
  const guard = guardGroup(pid);
  const killTree = (): Promise<void> => killAll(processTree(pid));
  return {
    pid,
    url: () => announced(child, output),
    output,
    signal: (signal) => child.kill(signal),
    exited,
    closed,
    killTree,
    async [Symbol.asyncDispose]() {
      // Killed by its group too, because trainers whose parent was killed are no longer descendants of ours.
      await killAll([...processTree(pid), -pid]);
      guard[Symbol.dispose]();
    },
  };
}

function collect(child: ChildProcess): () => string {
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (more: string) => {
      text += more;
    });
  }
  return () => text;
}

async function announced(child: ChildProcess, output: () => string): Promise<string> {
  const address = (): string | undefined => /listening on (http:\/\/[^;\s"]+)/.exec(output())?.[1];
  await eventually(
    () => {
      if (child.exitCode !== null) throw new Error(`the service ended with exit code ${child.exitCode}:\n${output()}`);
      return address() !== undefined;
    },
    { until: 'the service says where it listens' },
  );
  return address() ?? '';
}

async function get<T>(url: string, path: string): Promise<T> {
  const response = await fetch(`${url}${path}`);
  if (!response.ok) throw new Error(`GET ${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T; // the contract tests check the answers against the OpenAPI document
}

/** POSTs a study and returns its id. */
export async function postStudy(url: string, definition: object): Promise<string> {
  const response = await fetch(`${url}/v1/studies`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(definition),
  });
  const body: unknown = await response.json();
  if (response.status !== 201) throw new Error(`POST /v1/studies: ${response.status} ${JSON.stringify(body)}`);
  return (body as StudyRepresentation).id;
}

/** Pauses, resumes or cancels a study. */
export async function moveStudy(url: string, id: string, move: 'pause' | 'resume' | 'cancel'): Promise<void> {
  const response = await fetch(`${url}/v1/studies/${id}/${move}`, { method: 'POST' });
  if (!response.ok) throw new Error(`POST ${move}: ${response.status} ${await response.text()}`);
}

export const getStudy = (url: string, id: string): Promise<StudyRepresentation> => get(url, `/v1/studies/${id}`);
export const getTrials = (url: string, studyId: string): Promise<{ items: TrialRepresentation[] }> =>
  get(url, `/v1/studies/${studyId}/trials?limit=200`);
export const getTrial = (url: string, id: string): Promise<TrialDetailRepresentation> => get(url, `/v1/trials/${id}`);

/** Reads the bytes of a study's export. */
export async function exportText(url: string, id: string): Promise<string> {
  return (await fetch(`${url}/v1/studies/${id}/export`)).text();
}

/** Waits until a study has ended, and fails with its reason if it did not complete. */
export async function completed(url: string, id: string, seconds = 300): Promise<StudyRepresentation> {
  let study = await getStudy(url, id);
  const ended = async (): Promise<boolean> => {
    study = await getStudy(url, id);
    return study.endedAt !== null;
  };
  await eventually(ended, { until: `study ${id} has ended`, seconds });
  if (study.state !== 'completed') throw new Error(`the study ${study.state}: ${JSON.stringify(study.outcome)}`);
  return study;
}
