/**
 * Acts at the fault point FAULT_POINT, if it is set. FAULT_ACTION: `kill` (SIGKILL to this process), `stall` (SIGSTOP, until
 * SIGCONT) or `fail` (the code at the point throws). FAULT_HIT: the pass of this process at which it acts, default 1.
 * FAULT_ONCE_FILE: of all processes with the same file, only the first acts; it creates the file and writes its pid there.
 */
import { writeFileSync } from 'node:fs';

const { FAULT_POINT: wanted, FAULT_ACTION: action, FAULT_HIT: hit = '1', FAULT_ONCE_FILE: onceFile } = process.env;
const actions = {
  kill: () => process.kill(process.pid, 'SIGKILL'),
  stall: () => process.kill(process.pid, 'SIGSTOP'),
  fail: () => {
    throw new Error(`${wanted} fails on purpose`);
  },
};

if (wanted) {
  // Imported only if it is needed, because this module is loaded before the program, even when nothing is compiled yet.
  const { actAtFaultPoints, faultPoints } = await import('../../dist/shared/fault-points.js');
  if (!faultPoints.includes(wanted)) throw new Error(`FAULT_POINT is ${wanted}; it must be one of ${faultPoints.join(', ')}`);
  const act = actions[action];
  if (!act) throw new Error(`FAULT_ACTION is ${action}; it must be one of ${Object.keys(actions).join(', ')}`);
  let passes = 0;
  actAtFaultPoints(async (point) => {
    if (point !== wanted) return;
    passes += 1;
    if (passes === Number(hit) && first()) act();
  });
}

/** Tells whether this process is the first to act. */
function first() {
  if (!onceFile) return true;
  try {
    writeFileSync(onceFile, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}
