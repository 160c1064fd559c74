import { z } from 'zod';

/** The process answers. */
export const healthSchema = z
  .strictObject({ status: z.literal('ok'), version: z.string() })
  .meta({ id: 'Health', description: 'The process answers.' });

const checkSchema = z.strictObject({ ok: z.boolean(), detail: z.string().describe('In words.') }).meta({ id: 'Check' });

/** What the service needs to do its work. Without a runner it still takes studies; they wait. */
export const readinessSchema = z
  .strictObject({
    ready: z.boolean().describe('Requests can be answered.'),
    checks: z.strictObject({
      database: checkSchema,
      migrations: checkSchema,
      runners: z.strictObject({ live: z.int().min(0).describe('Runners seen lately; with none, trials wait.') }),
    }),
  })
  .meta({ id: 'Readiness', description: 'Whether the service can do its work, and what is missing.' });

export type Readiness = z.output<typeof readinessSchema>;
