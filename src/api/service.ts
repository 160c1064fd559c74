import { z } from 'zod';

/** The process answers. */
export const healthSchema = z
  .strictObject({ status: z.literal('ok').describe('Always ok.'), version: z.string().describe('Version of the service.') })
  .meta({ id: 'Health', description: 'The process answers.' });

/** The first answer of the service: its version and links to the main resources. */
export const rootSchema = z
  .strictObject({
    name: z.literal('Clavier').describe('Always Clavier.'),
    version: z.string().describe('Version of the service.'),
    links: z
      .strictObject({
        docs: z.string().describe('The documentation as a page.'),
        openapi: z.string().describe('The OpenAPI document.'),
        studies: z.string().describe('The studies.'),
        campaigns: z.string().describe('The campaigns.'),
        presets: z.string().describe('The named definitions of studies and campaigns.'),
        health: z.string().describe('The health of the process.'),
      })
      .meta({ id: 'RootLinks', description: 'Addresses of the service, relative to its root.' }),
  })
  .meta({ id: 'Root', description: 'The version of the service, and links to the main resources.' });

const checkSchema = z
  .strictObject({ ok: z.boolean().describe('true if the check succeeded.'), detail: z.string().describe('The result in words.') })
  .meta({ id: 'Check', description: 'The result of a check of the service.' });

/** Readiness of the service. A service without a runner is ready: it accepts studies, which wait. */
export const readinessSchema = z
  .strictObject({
    ready: z.boolean().describe('true if requests can be answered.'),
    checks: z
      .strictObject({
        database: checkSchema.describe('The connection to the database.'),
        migrations: checkSchema.describe('The schema of the database.'),
        runners: z
          .strictObject({ live: z.int().min(0).describe('Number of live runners; without one, trials wait.') })
          .meta({ id: 'RunnerCheck', description: 'The runners that are alive.' }),
      })
      .meta({ id: 'ReadinessChecks', description: 'The result of each check.' }),
  })
  .meta({ id: 'Readiness', description: 'The readiness of the service, with the result of each check.' });

export type Readiness = z.output<typeof readinessSchema>;
