import type { BoundSampler } from '../../src/samplers/bound-sampler.ts';

/**
 * A sampler that says it is slow while `isSlow()`; it suggests what it always does. For a `vi.mock` of the module of a sampler: no service can
 * change what a sampler costs. This file imports nothing that imports a sampler, which would wait for its own mock.
 */
export function slowWhen<Row extends Pick<BoundSampler, 'cost'>>(sampler: Row, isSlow: () => boolean): Row {
  return Object.defineProperty({ ...sampler }, 'cost', { get: () => (isSlow() ? 'slow' : 'instant'), enumerable: true });
}
