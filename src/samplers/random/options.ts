import { z } from 'zod';

export const randomOptionsSchema = z
  .strictObject({ type: z.literal('random') })
  .meta({ id: 'RandomSampler', description: 'Random search: every trial is drawn uniformly from the search space.' });
