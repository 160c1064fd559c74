import { spawn } from 'node:child_process';
import { constants } from 'node:os';

const forwarded = ['SIGINT', 'SIGTERM', 'SIGHUP'];
/** On Ctrl-C the terminal signals every process of the group and npm passes the same signal on: what comes this close is one wish. */
const sameWishMs = 1_000;

/**
 * Runs a Node.js program in our place: our standard streams are its own, each wish to stop reaches it once, and its exit code is
 * the answer (128 + the signal's number where a signal ended it).
 */
export function exec(program, args, { cwd }) {
  // A group of its own keeps the terminal's signals from reaching it beside ours. It must not read from the terminal then, and does not.
  const child = spawn(process.execPath, [program, ...args], { cwd, stdio: 'inherit', detached: process.platform !== 'win32' });
  const lastAt = new Map();
  const forward = (signal) => {
    const now = Date.now();
    if (now - (lastAt.get(signal) ?? Number.NEGATIVE_INFINITY) < sameWishMs) return;
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
