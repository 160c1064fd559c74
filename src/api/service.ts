import { z } from 'zod';

/** The process answers. */
export const healthSchema = z
  .strictObject({ status: z.literal('ok'), version: z.string() })
  .meta({ id: 'Health', description: 'The process answers.' });

const checkSchema = z.strictObject({ ok: z.boolean(), detail: z.string().describe('The result in words.') }).meta({ id: 'Check' });

/** Readiness of the service. A service without a runner is ready: it accepts studies, which wait. */
export const readinessSchema = z
  .strictObject({
    ready: z.boolean().describe('true if requests can be answered.'),
    checks: z.strictObject({
      database: checkSchema,
      migrations: checkSchema,
      runners: z.strictObject({ live: z.int().min(0).describe('Number of live runners; without one, trials wait.') }),
    }),
  })
  .meta({ id: 'Readiness', description: 'The readiness of the service, with the result of each check.' });

export type Readiness = z.output<typeof readinessSchema>;
