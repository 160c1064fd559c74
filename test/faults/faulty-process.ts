import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { eventually } from '../support/eventually.ts';
import { type ServiceProcess, startProcess } from '../system/service-process.ts';
import type { Pass } from './points.ts';

/** What happens at a pass of a fault point, once: see fault.mjs. */
export interface Fault extends Pass {
  readonly action: 'kill' | 'stall' | 'fail';
}

/** A process in which, or in a trainer of which, a fault is due. */
export interface FaultyProcess extends ServiceProcess {
  /** Resolves once it came. */
  happened(): Promise<void>;
}

/** Options of Node that make a process look for its fault, and for fake children. */
export const preloadArguments: readonly string[] = ['--import', resolve(import.meta.dirname, 'preload.mjs')];

/** Starts `clavier VERB` with a fault. A file in `folder` says that it came. */
export function startFaulty(verb: string, fault: Fault, settings: Readonly<Record<string, string>>, folder: string): FaultyProcess {
  const { point, action, hit } = fault;
  const onceFile = join(folder, `fault-${randomUUID()}`);
  const variables = { FAULT_POINT: point, FAULT_ACTION: action, FAULT_HIT: String(hit), FAULT_ONCE_FILE: onceFile };
  const process = startProcess([verb], { ...settings, ...variables }, preloadArguments);
  const happened = async (): Promise<void> => {
    try {
      await eventually(() => existsSync(onceFile), { until: `a process has met ${action} at ${point}`, seconds: 30 });
    } catch (error) {
      throw new Error(`${String(error)}; it said:\n${process.output()}`, { cause: error });
    }
  };
  return { ...process, happened };
}
