import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { SetupFailure } from './failure.mjs';

const shownLines = 25;
const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };
const isWindows = process.platform === 'win32';

/**
 * Runs a command to its end and writes its output to `logFile`. Resolves when it exits with 0.
 *
 * `watch(stop)`, if given, observes the work, may stop it (a stalled download), and returns a function that ends the observation.
 * A signal to this process is forwarded to the command, so that no installer keeps running after us.
 * @throws SetupFailure with the last lines of the output; its message begins with `failed`
 */
export async function runCommand(command, args, { cwd, env = process.env, logFile, failed, watch }) {
  mkdirSync(dirname(logFile), { recursive: true });
  const log = openSync(logFile, 'w');
  // On Windows, npm is a batch file, which only a shell can start.
  const shell = isWindows && command === 'npm';
  // A process group of its own, so that a signal reaches the child's children too, and only once.
  const child = spawn(command, args, { cwd, env, shell, detached: !isWindows, stdio: ['ignore', log, log] });
  closeSync(log);
  const unwatch = watch?.(() => signalTree(child, 'SIGKILL'));
  const outcome = await passingSignals(child);
  unwatch?.();
  if (outcome.code === 0) return;
  throw new SetupFailure(`${failed} (${describe(command, outcome)}). The whole output is in ${logFile}.`, { details: lastLines(logFile) });
}

/** Resolves to the end of the child, `{ code, signal, error }`. Until then, signals to this process are forwarded to the child and end this process after it. */
function passingSignals(child) {
  return new Promise((resolve) => {
    let received;
    const pass = (signal) => {
      received = signal;
      signalTree(child, signal);
    };
    const settle = (outcome) => {
      for (const signal of Object.keys(exitCodes)) process.off(signal, pass);
      if (received !== undefined) process.exit(exitCodes[received]);
      resolve(outcome);
    };
    for (const signal of Object.keys(exitCodes)) process.on(signal, pass);
    child.once('error', (error) => settle({ error }));
    child.once('close', (code, signal) => settle({ code, signal }));
  });
}

function signalTree(child, signal) {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  if (isWindows) child.kill(signal);
  else process.kill(-child.pid, signal);
}

function describe(command, { code, signal, error }) {
  if (error?.code === 'ENOENT') return `${command} is not installed`;
  if (error !== undefined) return error.message;
  return signal === null ? `exit code ${code}` : `ended by ${signal}`;
}

function lastLines(logFile) {
  return readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-shownLines).join('\n');
}
