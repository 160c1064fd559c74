import type { DeliveryRepresentation } from '../api/delivery.ts';
import type { WebhookRepresentation } from '../api/webhook.ts';
import { counted } from '../shared/counted.ts';
import { type Column, tableText } from './table.ts';

/** Formats webhooks as a table. */
export function webhooksText(webhooks: readonly WebhookRepresentation[], width?: number): string {
  const columns: Column<WebhookRepresentation>[] = [
    { title: 'webhook', align: 'left', cell: ({ id }) => id },
    { title: 'address', align: 'left', cell: ({ url }) => url, shortest: 20 },
    { title: 'state', align: 'left', cell: stateText },
    { title: 'waiting', align: 'right', cell: ({ waiting }) => String(waiting) },
    { title: 'events', align: 'left', cell: filterText, extra: true },
    { title: 'project', align: 'left', cell: ({ project }) => project, extra: true },
    { title: 'description', align: 'left', cell: ({ description }) => description, extra: true },
  ];
  return tableText(columns, webhooks, width);
}

/** Describes a webhook in lines. */
export function webhookText(webhook: WebhookRepresentation): string {
  const { id, url, description, project, waiting, lastSuccessAt, previousSecretUntil, disabledReason, failingSince } = webhook;
  const lines: [string, string | null][] = [
    ['webhook', description === '' ? id : `${id} (${description})`],
    ['address', url],
    ['project', project],
    ['events', filterText(webhook)],
    ['state', stateText(webhook)],
    ['reason', disabledReason],
    ['waiting', counted(waiting, 'delivery', 'deliveries')],
    ['accepted', lastSuccessAt === null ? 'never' : `last at ${lastSuccessAt}`],
    ['failing', failingSince === null ? null : `since ${failingSince}`],
    ['secrets', previousSecretUntil === null ? null : `the one before signs too until ${previousSecretUntil}`],
  ];
  return lines.flatMap(([name, text]) => (text === null ? [] : `${name.padEnd(9)} ${text}`)).join('\n');
}

/** Describes a webhook in a line. */
export function webhookLine(webhook: WebhookRepresentation): string {
  return `webhook ${webhook.id} to ${webhook.url} (${stateText(webhook)}): ${filterText(webhook)}`;
}

/** Formats deliveries as a table. */
export function deliveriesText(deliveries: readonly DeliveryRepresentation[], width?: number): string {
  const columns: Column<DeliveryRepresentation>[] = [
    { title: 'delivery', align: 'left', cell: ({ id }) => id },
    { title: 'type', align: 'left', cell: ({ type, kind }) => (kind === 'redelivery' ? `${type} (again)` : type) },
    { title: 'state', align: 'left', cell: ({ state }) => state },
    { title: 'attempts', align: 'right', cell: ({ attempts }) => String(attempts) },
    { title: 'last answer', align: 'left', cell: answerText, shortest: 20 },
    { title: 'event', align: 'right', cell: ({ sequence }) => String(sequence ?? ''), extra: true },
    { title: 'stored', align: 'left', cell: ({ createdAt }) => createdAt, extra: true },
    {
      title: 'next attempt',
      align: 'left',
      cell: ({ state, nextAttemptAt }) => (state === 'pending' ? (nextAttemptAt ?? '') : ''),
      extra: true,
    },
  ];
  return tableText(columns, deliveries, width);
}

/** Describes the result of the last attempt. */
export function answerText({ status, error, durationMs }: DeliveryRepresentation): string {
  if (error !== null) return error;
  return status === null ? 'none yet' : `${status} in ${durationMs ?? 0} ms`;
}

function stateText({ state, failingSince }: WebhookRepresentation): string {
  return state === 'enabled' && failingSince !== null ? 'enabled, failing' : state;
}

function filterText({ types, studyId, labels }: WebhookRepresentation): string {
  const names = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  const of = [...(studyId === null ? [] : [`of study ${studyId}`]), ...(names.length === 0 ? [] : [`of studies with ${names.join(', ')}`])];
  return [types === null ? 'all' : types.join(', '), ...of].join(' ');
}
