import { type SamplerOptions, samplerFor } from '../../src/samplers/table.ts';

/** Names a sampler with its options and its version: kept runs of another one do not count for it. */
export function samplerIdentity(options: SamplerOptions): string {
  return `clavier ${JSON.stringify(options)} version ${samplerFor({ space: [], direction: 'minimize' }, options).version}`;
}
