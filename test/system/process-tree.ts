import { readdirSync, readFileSync } from 'node:fs';
import { eventually } from '../support/eventually.ts';

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly state: string;
  readonly command: string;
}

/** Lists every living process of this machine. */
function processes(): Process[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const [state = '', parent = '0'] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return [
        { pid: Number(name), parent: Number(parent), state, command: readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ') },
      ];
    } catch {
      return []; // it ended meanwhile
    }
  });
}

/** Lists a process and its descendants, parents first. */
export function processTree(root: number): number[] {
  const all = processes();
  const tree = [root];
  for (const pid of tree) tree.push(...all.filter((one) => one.parent === pid && !tree.includes(one.pid)).map((one) => one.pid));
  return tree;
}

/** Lists living descendants of `root` whose command line contains a text, e.g. `trainer.js`. */
export function descendants(root: number, text: string): number[] {
  const tree = new Set(processTree(root));
  return processes()
    .filter((one) => tree.has(one.pid) && one.state !== 'Z' && one.command.includes(text))
    .map((one) => one.pid);
}

/** Tells whether a process runs. A zombie does not. */
export function runs(pid: number): boolean {
  return processes().some((one) => one.pid === pid && one.state !== 'Z');
}

/** Returns the state of a process as the kernel writes it, such as `T` for one that is stopped; null if there is none. */
export function processState(pid: number): string | null {
  return processes().find((one) => one.pid === pid)?.state ?? null;
}

/** Waits until none of these processes runs. */
export async function allGone(pids: readonly number[], seconds = 20): Promise<void> {
  await eventually(() => !pids.some(runs), { until: `processes ${pids.join(', ')} are gone`, seconds });
}

/** Lists living processes of this machine whose command line contains a text. */
export function withCommand(text: string): number[] {
  return processes()
    .filter((one) => one.state !== 'Z' && one.command.includes(text))
    .map((one) => one.pid);
}

/** Sends SIGKILL to each process in this order; resolves when all have ended. */
export async function killAll(pids: readonly number[]): Promise<void> {
  for (const pid of pids) kill(pid);
  await allGone(pids);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
