import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';

export type PeerName = 'keras' | 'pytorch';

/** A workload of a peer: see peers/step.py. */
export interface PeerOptions {
  readonly python: string;
  readonly peer: PeerName;
  readonly threads: number;
  /** Units, time steps and timed steps of each row. */
  readonly rows: readonly (readonly [number, number, number])[];
  /** Real texts: int32 ids `[texts, length]`, padded with 0 at the end, then int32 labels; null for none. */
  readonly texts: { readonly file: string; readonly count: number; readonly length: number; readonly units: number } | null;
}

export type PeerResult =
  | { readonly version: string; readonly stepMs: readonly number[]; readonly textsPerSecond: number | null }
  | { readonly missing: string };

/** Runs a peer in the given Python, or says which package it lacks. */
export async function measurePeer({ python, peer, ...options }: PeerOptions): Promise<PeerResult> {
  // Benchmarks run from the root of the checkout.
  const script = resolve('bench/peers/step.py');
  const { stdout } = await promisify(execFile)(python, [script, peer, JSON.stringify(options)], { maxBuffer: 64 * 1024 * 1024 });
  const result: PeerResult = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  return result;
}
