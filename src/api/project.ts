import { z } from 'zod';
import { mostWeight, type Project, projectNameSchema } from '../access/project.ts';
import type { ProjectUsage, Quotas } from '../access/quota.ts';
import { describedEnum } from '../shared/described-enum.ts';
import { moment } from './page.ts';

const weightSchema = z
  .int()
  .min(1)
  .max(mostWeight)
  .describe(`Share of the runners' claims while trials of several projects wait, 1 to ${mostWeight}: with twice the weight twice as many.`);

const mostCount = 1_000_000_000;
const mostBytes = 2 ** 53 - 1;

/** Upper bounds of what a project may use. */
const quotaFields = {
  openStudies: z.int().min(0).max(mostCount).nullable().describe('Most studies that are active or paused; null: no limit.'),
  trialsPerDay: z
    .int()
    .min(0)
    .max(mostCount)
    .nullable()
    .describe('Most trials that are created in a day of UTC, to a few seconds; null: no limit. Studies that would create more wait.'),
  storedBytes: z
    .int()
    .min(0)
    .max(mostBytes)
    .nullable()
    .describe(
      'Most bytes of rows and checkpoints, measured every few minutes; null: no limit. Above it nothing is created and no trial starts.',
    ),
  slots: z.int().min(0).max(mostWeight).nullable().describe('Most trials that runners evaluate at once; null: no limit.'),
};
const quotasSchema = z
  .strictObject(quotaFields)
  .meta({ id: 'ProjectQuotas', description: 'Upper bounds of what a project uses. null: none.' });

const projectFields = {
  name: projectNameSchema,
  createdAt: moment('When it was created.'),
  state: describedEnum(['active', 'erasing'], {
    active: 'studies can be created in it.',
    erasing: 'all that it has is being deleted.',
  }),
  weight: weightSchema,
  quotas: quotasSchema,
};

export const projectSchema = z
  .strictObject(projectFields)
  .meta({ id: 'Project', description: 'Keeps the studies, campaigns and keys of a team apart from those of others.' });
export type ProjectRepresentation = z.output<typeof projectSchema>;

const usageSchema = z
  .strictObject({
    openStudies: z.int().min(0).describe('Studies that are active or paused.'),
    trialsToday: z.int().min(0).describe('Trials created since midnight UTC, those of deleted studies aside.'),
    storedBytes: z.number().min(0).nullable().describe('Bytes at `measuredAt`; null: not measured, which is done with that quota alone.'),
    measuredAt: moment('When the bytes were measured; null: never.').nullable(),
    slots: z.int().min(0).describe('Trials that runners evaluate now.'),
  })
  .meta({ id: 'ProjectUsage', description: 'What a project uses.' });

export const projectDetailsSchema = z
  .strictObject({ ...projectFields, usage: usageSchema })
  .meta({ id: 'ProjectDetails', description: 'A project with what it uses.' });
export type ProjectDetails = z.output<typeof projectDetailsSchema>;

export const projectListSchema = z
  .strictObject({ items: z.array(projectSchema).describe('The projects, by name.') })
  .meta({ id: 'ProjectList', description: 'The projects that the caller may see.' });

export const projectRequestSchema = z
  .strictObject({ name: projectNameSchema })
  .meta({ id: 'ProjectRequest', description: 'A project to be created.' });

export const projectChangeSchema = z
  .strictObject({
    weight: weightSchema.optional(),
    quotas: z
      .strictObject(quotaFields)
      .partial()
      .meta({ id: 'ProjectQuotaChange', description: 'Quotas to set. null lifts one, and those that are left out stay.' })
      .optional(),
  })
  .meta({ id: 'ProjectChange', description: 'Values of a project to change. Those that are left out stay.' });
export type ProjectChangeRequest = z.input<typeof projectChangeSchema>;

export const projectErasureSchema = z
  .strictObject({ confirm: projectNameSchema.describe('The name of the project, again.') })
  .meta({ id: 'ProjectErasure', description: 'Confirms that all that a project has is to be deleted.' });

export function representProject({ name, createdAt, weight, quotas, erasingSince }: Project): ProjectRepresentation {
  return {
    name,
    createdAt: createdAt.toISOString(),
    state: erasingSince === null ? 'active' : 'erasing',
    weight,
    quotas: representQuotas(quotas),
  };
}

function representQuotas({ openStudies, trialsPerDay, storedBytes, slots }: Quotas): ProjectRepresentation['quotas'] {
  return { openStudies, trialsPerDay, storedBytes, slots };
}

export function representProjectDetails(project: Project, usage: ProjectUsage): ProjectDetails {
  const { openStudies, trialsToday, storedBytes, measuredAt, slots } = usage;
  return {
    ...representProject(project),
    usage: { openStudies, trialsToday, storedBytes, measuredAt: measuredAt?.toISOString() ?? null, slots },
  };
}
