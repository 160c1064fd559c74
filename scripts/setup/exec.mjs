import { spawn } from 'node:child_process';
import { constants } from 'node:os';

const forwarded = ['SIGINT', 'SIGTERM', 'SIGHUP'];
/** On Ctrl-C the terminal signals every process of the group, and npm forwards the same signal. Signals within this time count as one. */
const sameRequestMs = 1_000;

/**
 * Runs a Node.js program in place of this one: it inherits the standard streams, and each request to stop reaches it once. Resolves to
 * its exit code (128 + the signal's number if a signal ended it).
 */
export function exec(program, args, { cwd }) {
  // In a group of its own, it gets the signals that we forward and not the terminal's too. It then cannot read from the terminal, and does not.
  const child = spawn(process.execPath, [program, ...args], { cwd, stdio: 'inherit', detached: process.platform !== 'win32' });
  const lastAt = new Map();
  const forward = (signal) => {
    const now = Date.now();
    if (now - (lastAt.get(signal) ?? Number.NEGATIVE_INFINITY) < sameRequestMs) return;
    lastAt.set(signal, now);
    child.kill(signal);
  };
  for (const signal of forwarded) process.on(signal, forward);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      for (const each of forwarded) process.off(each, forward);
      resolve(code ?? 128 + constants.signals[signal]);
    });
  });
}
