/** States of a webhook. A disabled one keeps its place: what happens meanwhile waits until it is enabled, as long as events are kept. */
export const webhookStates = ['enabled', 'disabled'] as const;
export type WebhookState = (typeof webhookStates)[number];

/** The events that a webhook gets, of those of its project. */
export interface WebhookFilter {
  /** null: all types. */
  readonly types: readonly string[] | null;
  /** Events of this study alone; null: of all, and those of no study. */
  readonly studyId: string | null;
  /** Events of the studies that have all these labels when the event is taken up; empty: of all, and those of no study. */
  readonly labels: Readonly<Record<string, string>>;
}

/** An address to which the events of a project are sent. */
export interface Webhook extends WebhookFilter {
  readonly id: string;
  readonly project: string;
  /** For people; may be empty. */
  readonly description: string;
  readonly url: string;
  readonly state: WebhookState;
  /** The reason for which the service disabled it; null: it is enabled, or a request disabled it. */
  readonly disabledReason: string | null;
  readonly disabledAt: Date | null;
  /** The first failure since the last success; null: the last attempt succeeded, or there was none. */
  readonly failingSince: Date | null;
  readonly lastSuccessAt: Date | null;
  /** The end of the secret before the present one, while both sign; null: there is none. */
  readonly previousSecretUntil: Date | null;
  readonly createdAt: Date;
  /** The key by which it was made; null: none was needed. */
  readonly createdBy: string | null;
  /** Deliveries that wait or are retried. */
  readonly waiting: number;
}

/** What requests set of a webhook. The rest is of its deliveries, and changes by itself. */
export type EditableWebhook = Pick<Webhook, 'description' | 'url' | 'types' | 'studyId' | 'labels' | 'state'>;

export function editableWebhook({ description, url, types, studyId, labels, state }: Webhook): EditableWebhook {
  return { description, url, types, studyId, labels, state };
}

/** Most webhooks of a project: their deliveries share the senders of the service. */
export const webhooksAtMost = 20;
