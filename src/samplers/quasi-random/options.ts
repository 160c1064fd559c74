import { z } from 'zod';

export const quasiRandomOptionsSchema = z.strictObject({ type: z.literal('quasi-random') }).meta({
  id: 'QuasiRandomSampler',
  description: 'Quasi-random search: a scrambled Sobol sequence, which covers the search space more evenly than random draws.',
});
