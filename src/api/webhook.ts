import { z } from 'zod';
import { projectNameSchema } from '../access/project.ts';
import { describedEnum } from '../shared/described-enum.ts';
import { labelsSchema, withoutControlCharacters } from '../studies/definition/definition.ts';
import { longestTarget } from '../webhooks/target.ts';
import { type Webhook, webhookStates } from '../webhooks/webhook.ts';
import { feedEventTypeSchema } from './feed-event.ts';
import { moment, pageOf } from './page.ts';

export const webhookStateSchema = describedEnum(
  webhookStates,
  {
    enabled: 'events are sent.',
    disabled: 'events wait until it is enabled, as long as events are kept; only pings are sent.',
  },
  'State of a webhook.',
);

const urlSchema = z
  .string()
  .max(longestTarget)
  .describe(
    'Address that gets each event as a POST request: https or http, without user, password and fragment. Redirects are not followed. Private, local and metadata addresses are refused unless the operator allows them.',
  );
const descriptionSchema = z.string().max(500).regex(withoutControlCharacters, 'contains control characters');
const typesSchema = z
  .array(feedEventTypeSchema)
  .min(1)
  .max(100)
  .refine((list) => new Set(list).size === list.length, 'must name each type once');

const webhookFields = {
  id: z.uuid().describe('Id of the webhook.'),
  project: projectNameSchema.describe('Project whose events it gets.'),
  description: z.string().describe('For people; may be empty.'),
  url: z.string().describe('Address that gets the events.'),
  types: z.array(z.string()).nullable().describe('Types of the events that it gets; null: all.'),
  studyId: z.uuid().nullable().describe('The study whose events it gets; null: all.'),
  labels: z
    .record(z.string(), z.string())
    .describe('It gets the events of studies that have all these labels at that time; empty: those of all studies, and of no study.'),
  state: webhookStateSchema,
  disabledReason: z.string().nullable().describe('The reason for which the service disabled it; null: it did not.'),
  disabledAt: moment('When it was disabled; null: it is enabled.').nullable(),
  failingSince: moment('When the first attempt failed since the last success; null: none did.').nullable(),
  lastSuccessAt: moment('When a message was accepted last, to about ten seconds; null: never.').nullable(),
  previousSecretUntil: moment('Until when messages also have a signature of the replaced secret; null: they have none.').nullable(),
  waiting: z.int().min(0).describe('Deliveries that wait or are retried. From 1000 on, further events wait in the outbox.'),
  createdAt: moment('When it was made.'),
  createdBy: z.uuid().nullable().describe('The key by which it was made; null: none was needed.'),
};

export const webhookSchema = z.strictObject(webhookFields).meta({
  id: 'Webhook',
  description: 'An address to which the events of a project are sent, signed by the convention of Standard Webhooks.',
});
export type WebhookRepresentation = z.output<typeof webhookSchema>;

export const newWebhookSchema = z
  .strictObject({
    ...webhookFields,
    secret: z
      .string()
      .describe(
        'The secret that signs its messages: `whsec_` and base64. It is shown this once. A program that has it can write messages.',
      ),
  })
  .meta({ id: 'NewWebhook', description: 'A webhook with a new secret, which is shown this once.' });
export type NewWebhookRepresentation = z.output<typeof newWebhookSchema>;

export const webhookPageSchema = pageOf('WebhookPage', webhookSchema);

export const webhookRequestSchema = z
  .strictObject({
    url: urlSchema,
    description: descriptionSchema.default('').describe('For people. Default: empty.'),
    types: typesSchema.nullable().default(null).describe('Types of the events that it gets; null: all. Default: all.'),
    studyId: z.uuid().nullable().default(null).describe('The study whose events it gets; null: all. Default: all.'),
    labels: labelsSchema
      .default({})
      .describe(
        'It gets the events of studies that have all these labels when an event is taken up. Default: those of all studies, and of no study.',
      ),
  })
  .meta({ id: 'WebhookRequest', description: 'A webhook to be made. It gets what happens from now on.' });
export type WebhookRequest = z.input<typeof webhookRequestSchema>;

export const webhookChangeSchema = z
  .strictObject({
    url: urlSchema.optional(),
    description: descriptionSchema.optional().describe('For people.'),
    types: typesSchema.nullable().optional().describe('Types of the events that it gets from now on; null: all.'),
    studyId: z.uuid().nullable().optional().describe('The study whose events it gets from now on; null: all.'),
    labels: labelsSchema.optional().describe('The labels of the studies whose events it gets from now on.'),
    state: webhookStateSchema
      .optional()
      .describe('Enabling it sends what waits, and what happened meanwhile. Disabling it keeps its place.'),
    skipWaiting: z.boolean().optional().describe('True drops all events that wait, and goes on with those from now on.'),
  })
  .meta({ id: 'WebhookChange', description: 'The members of a webhook to change. Absent ones stay.' });
export type WebhookChangeRequest = z.input<typeof webhookChangeSchema>;

/** Builds the representation of a webhook. */
export function representWebhook({ types, labels, ...webhook }: Webhook): WebhookRepresentation {
  const text = (time: Date | null): string | null => time?.toISOString() ?? null;
  return {
    ...webhook,
    types: types && [...types],
    labels: { ...labels },
    disabledAt: text(webhook.disabledAt),
    failingSince: text(webhook.failingSince),
    lastSuccessAt: text(webhook.lastSuccessAt),
    previousSecretUntil: text(webhook.previousSecretUntil),
    createdAt: webhook.createdAt.toISOString(),
  };
}
