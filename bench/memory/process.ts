/**
 * Entry point, started by path with --expose-gc: searches in a process of its own and sends the memory that it took. Without a sampler it
 * holds the history alone.
 */
import { setImmediate } from 'node:timers/promises';
import { z } from 'zod';
import type { BoundSampler } from '../../src/samplers/bound-sampler.ts';
import { samplerFor, samplerOptionsSchema } from '../../src/samplers/table.ts';
import { observed, type spaces, streamOf, type Workload, workload } from '../suggestion/workload.ts';

/** A search of a sampler; null: none. */
export interface MemoryRequest {
  readonly sampler: object | null;
  readonly space: keyof typeof spaces;
  readonly parameters: number;
  readonly observations: number;
  /** Number of suggestions with that many observations and more. */
  readonly suggestions: number;
}

/** Memory of a process, in MB. */
export interface MemoryResult {
  /** Largest resident set. */
  readonly peak: number;
  /** What the search holds after a collection: heap, and buffers outside of it. */
  readonly kept: number;
}

process.once('message', async (request: MemoryRequest) => {
  const search = workload(request.space, request.parameters, request.observations);
  const before = await heldNow();
  const held = request.sampler && searched(samplerFor(search.problem, samplerOptionsSchema.parse(request.sampler)), search, request);
  const kept = (await heldNow()) - before;
  const result: MemoryResult = { peak: (process.resourceUsage().maxRSS * 1024) / 1e6, kept };
  // The history and what the search holds are in use until here.
  process.send?.({ ...result, sampler: held?.sampler.name, history: search.history.length }, () => process.disconnect());
});

/** A sampler after a search, and its state. */
interface Held {
  readonly sampler: BoundSampler;
  readonly state: unknown;
}

function searched(sampler: BoundSampler, search: Workload, { suggestions }: MemoryRequest): Held {
  return sampler.learns === 'generations' ? bred(sampler, search, suggestions) : continued(sampler, search, suggestions);
}

/** As in a growing study, each suggestion has one observation more than the last. */
function continued(sampler: BoundSampler, { problem, history, pending }: Workload, suggestions: number): Held {
  const state = sampler.init();
  for (let made = 0; made < suggestions; made += 1) {
    const firstIndex = history.length + pending.length;
    const proposal = sampler.suggest(state, { firstIndex, count: 1, history, pending, stream: streamOf });
    const oldest = pending.shift();
    if (proposal.kind !== 'suggestions' || !oldest) throw new Error('no suggestion');
    history.push(observed({ space: problem.space, metrics: 1 }, history.length, oldest));
    pending.push(...proposal.suggestions.map(({ parameters }) => parameters));
  }
  return { sampler, state };
}

/** Generations up to the number of observations, and some more trials. */
function bred(sampler: BoundSampler, { problem, history: { length } }: Workload, suggestions: number): Held {
  let state = sampler.init();
  for (let done = 0; done < length + suggestions; ) {
    const size = sampler.generation(state)?.size ?? 0;
    const proposal = sampler.suggest(state, { firstIndex: done, count: size, history: [], pending: [], stream: streamOf });
    if (proposal.kind !== 'suggestions') throw new Error('no suggestion');
    const results = proposal.suggestions.map((suggestion, slot) => ({
      ...observed({ space: problem.space, metrics: 1 }, done + slot, suggestion.parameters),
      ...suggestion,
    }));
    state = sampler.observe(state, results);
    done += size;
  }
  return { sampler, state };
}

const collect = z.custom<() => void>((found) => typeof found === 'function', 'start the process with --expose-gc').parse(globalThis.gc);

/** MB in use after garbage was collected, buffers that were waiting for it included. */
async function heldNow(): Promise<number> {
  for (let round = 0; round < 3; round += 1) {
    collect();
    await setImmediate();
  }
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 1e6;
}
