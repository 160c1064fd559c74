import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { eventually } from '../support/eventually.ts';
import { type ServiceProcess, startProcess } from '../system/service-process.ts';
import type { Pass } from './points.ts';

/** An action at a pass of a fault point, which happens once: see fault.mjs. */
export interface Fault extends Pass {
  readonly action: 'kill' | 'stall' | 'fail';
}

/** A process with a fault, which happens in it or in one of its trainers. */
export interface FaultyProcess extends ServiceProcess {
  /** Resolves when the fault has happened. */
  happened(): Promise<void>;
}

/** Options of Node that install the fault and the fake children. */
export const preloadArguments: readonly string[] = ['--import', resolve(import.meta.dirname, 'preload.mjs')];

/** Starts `clavier VERB` with a fault. A file in `folder` records that it happened. */
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
