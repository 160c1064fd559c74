import { z } from 'zod';

export const autoOptionsSchema = z.strictObject({ type: z.literal('auto') }).meta({
  id: 'AutoSampler',
  description:
    'The default: chooses the sampler by the space, the budget, the parallelism and the metrics. The study stores the chosen one, and says why in `samplerReason`.',
});
