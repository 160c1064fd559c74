import { type ChildProcess, fork } from 'node:child_process';
import type { RunnerMessage, TrainerMessage } from '../../objectives/trainer-protocol.ts';

/** Limit for loading the libraries, after which a trainer counts as unable to. */
const readySeconds = 120;

/** Receives the messages of a trainer, and finally its end, once. */
export interface TrainerListener {
  message(message: TrainerMessage): void;
  /** @param detail the exit code or signal, in words */
  ended(detail: string): void;
}

/** A child process that runs one training at a time. It exits when this process dies. */
export interface Trainer extends AsyncDisposable {
  readonly pid: number;
  readonly libraries: Readonly<Record<string, string>>;
  /** Sets the listener of all further messages; null: none. */
  listen(listener: TrainerListener | null): void;
  send(message: RunnerMessage): void;
  /** False once it has ended or has been told to. */
  alive(): boolean;
  /** Kills it; the listener receives the end. */
  kill(): void;
}

/** This machine cannot run trainers: a library is missing or does not load. */
export class TrainerUnavailableError extends Error {
  override readonly name = 'TrainerUnavailableError';
}

/** A trainer died or stayed silent before it was ready. Another one may succeed. */
export class TrainerStartError extends Error {
  override readonly name = 'TrainerStartError';
}

/**
 * Starts a trainer and waits until its libraries are loaded.
 *
 * @throws TrainerUnavailableError that names the missing library and the remedy; TrainerStartError with the reason of the end
 */
export async function startTrainer(entry: string): Promise<Trainer> {
  // In its own process group, it does not get a terminal's Ctrl-C: only the runner does, which lets the step finish.
  const child = fork(entry, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], detached: true });
  const lastWords = keepLastWords(child);
  const first = await firstMessage(child);
  if (first.type === 'unavailable') throw new TrainerUnavailableError(first.message);
  if (first.type !== 'ready') {
    child.kill('SIGKILL');
    throw new TrainerStartError(`the trainer did not get ready: ${first.detail}${lastWords()}`);
  }
  return trainerAround(child, first.libraries, lastWords);
}

type First =
  | { type: 'ready'; libraries: Readonly<Record<string, string>> }
  | { type: 'unavailable'; message: string }
  | { type: 'silent'; detail: string };

function firstMessage(child: ChildProcess): Promise<First> {
  return new Promise((resolve) => {
    const settle = (first: First): void => {
      clearTimeout(timer);
      child.removeAllListeners();
      resolve(first);
    };
    const timer = setTimeout(() => settle({ type: 'silent', detail: `no sign of life for ${readySeconds} s` }), readySeconds * 1000);
    child.on('message', (message: TrainerMessage) => {
      if (message.type === 'ready' || message.type === 'unavailable') settle(message);
    });
    child.once('error', (error) => settle({ type: 'silent', detail: error.message }));
    child.once('exit', (code, signal) => settle({ type: 'silent', detail: exitText(code, signal) }));
  });
}

function trainerAround(child: ChildProcess, libraries: Trainer['libraries'], lastWords: () => string): Trainer {
  let listener: TrainerListener | null = null;
  let exited = false;
  let killed = false;
  child.on('message', (message: TrainerMessage) => listener?.message(message));
  child.on('error', () => undefined); // A failed send: the exit that follows is what counts.
  child.once('exit', (code, signal) => {
    exited = true;
    listener?.ended(`${exitText(code, signal)}${lastWords()}`);
  });
  return {
    pid: child.pid ?? 0,
    libraries,
    listen: (next) => {
      listener = next;
    },
    send: (message) => {
      if (child.connected) child.send(message, () => undefined); // One that fails is followed by the exit.
    },
    alive: () => !exited && !killed,
    kill: () => {
      killed = true;
      child.kill('SIGKILL');
    },
    [Symbol.asyncDispose]: async () => {
      listener = null;
      if (exited) return;
      // Not events.once: it rejects by an error event, such as a message that did not reach a dying trainer.
      const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
      child.kill('SIGKILL');
      await gone;
    },
  };
}

function exitText(code: number | null, signal: NodeJS.Signals | null): string {
  if (signal === 'SIGKILL') return 'it was killed (SIGKILL), which is what a system short of memory does';
  return signal ? `it ended by ${signal}` : `it ended with exit code ${code}`;
}

/** Keeps the end of what a child writes to its standard error, for the message of its failure. */
function keepLastWords(child: ChildProcess): () => string {
  let words = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-2000);
  });
  return () => (words.trim() ? `; its last words: ${words.trim()}` : '');
}
