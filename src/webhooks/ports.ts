import type { Actor } from '../access/audit.ts';
import type { Page } from '../shared/page.ts';
import type { Delivery, DeliveryKind, DeliveryState } from './delivery.ts';
import type { EditableWebhook, Webhook, WebhookFilter, WebhookState } from './webhook.ts';

/** A webhook to be stored. */
export interface NewWebhook extends WebhookFilter, Pick<Webhook, 'id' | 'project' | 'description' | 'url' | 'createdBy'> {
  readonly secret: string;
  /** Sequence of the outbox after which its events begin. */
  readonly position: bigint;
}

/** The members to change; absent ones stay. */
export interface WebhookChange extends Partial<WebhookFilter>, Partial<Pick<Webhook, 'description' | 'url'>> {
  /** Enabling begins the attempts of what waits anew. */
  readonly state?: WebhookState;
  /** Drops all events that wait, and goes on after this sequence of the outbox. */
  readonly skipTo?: bigint;
}

/** Place in a list of deliveries, newest first. */
export interface DeliveryFilter {
  readonly state?: DeliveryState | undefined;
  readonly limit: number;
  /** Id of the last delivery of the page before. */
  readonly after?: string | undefined;
}

/**
 * Webhooks and their deliveries as requests read and change them.
 *
 * @throws DatabaseUnreachableError while the database is unreachable
 */
export interface WebhookStore {
  /** Stores a webhook, enabled. `too-many`: its project has as many as it may have; `no-project`: there is no such project. */
  insert(webhook: NewWebhook, actor: Actor): Promise<Webhook | 'too-many' | 'no-project'>;
  webhook(id: string): Promise<Webhook | null>;
  /** Webhooks, newest first. @param filter `project` null: of all projects */
  webhooks(filter: {
    readonly project: string | null;
    readonly limit: number;
    readonly after?: string | undefined;
  }): Promise<Page<Webhook>>;
  /**
   * Changes a webhook. `changed`: it is no longer set as expected, and nothing was stored; null: there is no such webhook.
   *
   * @param expected what must still be set; null: anything may be
   */
  change(id: string, change: WebhookChange, actor: Actor, expected?: EditableWebhook | null): Promise<Webhook | 'changed' | null>;
  /** Deletes a webhook: it is gone at once, and sweeps delete its deliveries. @returns false if there is none */
  delete(id: string, actor: Actor): Promise<boolean>;
  /** Replaces the secret. The present one goes on signing for `hours`; one before that ends. null if there is no such webhook. */
  rotate(id: string, secret: string, hours: number, actor: Actor): Promise<Webhook | null>;
  /**
   * Stores a message that is sent once, also while the webhook is disabled. `too-many`: `askedForAtMost` pings and redeliveries wait; null:
   * there is no such webhook.
   */
  ping(id: string, message: { readonly messageId: string; readonly body: string }): Promise<Delivery | 'too-many' | null>;
  deliveries(webhookId: string, filter: DeliveryFilter): Promise<Page<Delivery>>;
  delivery(webhookId: string, id: string): Promise<Delivery | null>;
  /** Stores a delivery that repeats another, under the same message id. `too-many` as for a ping; null: there is no such delivery. */
  redeliver(webhookId: string, deliveryId: string): Promise<Delivery | 'too-many' | null>;
}

/** A webhook whose events are taken up. */
export interface Subscription extends WebhookFilter {
  readonly id: string;
  readonly project: string;
  /** Sequence of the last event that was taken up or left out. */
  readonly position: bigint;
  /** Deliveries that wait. */
  readonly waiting: number;
}

/** The enabled webhooks. One whose row cannot be read holds up no other. */
export interface Subscriptions {
  readonly readable: readonly Subscription[];
  readonly unreadable: readonly { readonly id: string; readonly error: unknown }[];
}

/** A message that is due to a webhook. */
export interface DueMessage {
  readonly messageId: string;
  readonly sequence: bigint;
  readonly type: string;
  readonly studyId: string | null;
  /** Messages with the same key are sent one after the other. */
  readonly orderKey: string;
  readonly body: string;
}

/** A delivery that this process sends until its lease ends. */
export interface ClaimedDelivery {
  readonly id: string;
  readonly webhookId: string;
  readonly kind: DeliveryKind;
  readonly messageId: string;
  readonly type: string;
  readonly body: string;
  readonly url: string;
  /** The present secret, then the one before it while that lives. */
  readonly secrets: readonly string[];
  /** Attempts with this one. */
  readonly attempts: number;
  /** Seconds from the first attempt to this one. */
  readonly triedForSeconds: number;
  /** The time of this attempt, by the database's clock. */
  readonly attemptedAt: Date;
  /** Proves the claim. */
  readonly token: string;
}

/** The result of an attempt, to be recorded. */
export interface AttemptResult {
  readonly status: number | null;
  readonly excerpt: string | null;
  readonly error: string | null;
  readonly durationMs: number;
  readonly verdict: Verdict;
}

/** The consequence of an attempt: `disable` ends the sending of the webhook, and the delivery waits until that is enabled again. */
export type Verdict =
  | { readonly kind: 'delivered' | 'failed' }
  | { readonly kind: 'retry'; readonly waitSeconds: number }
  | { readonly kind: 'disable'; readonly reason: string };

/**
 * The queue of deliveries. Several processes may work on it.
 *
 * @throws DatabaseUnreachableError while the database is unreachable
 */
export interface DeliveryQueue {
  subscriptions(): Promise<Subscriptions>;
  /** The labels of studies, without those that are gone. */
  labelsOf(studyIds: readonly string[]): Promise<ReadonlyMap<string, Readonly<Record<string, string>>>>;
  /** Stores deliveries and moves the position of a webhook, both or neither. @returns false if another process moved it */
  take(webhook: Pick<Subscription, 'id' | 'position'>, to: bigint, messages: readonly DueMessage[]): Promise<boolean>;
  /**
   * Claims deliveries that are due: of each webhook and order key the first that is pending, at most four of a webhook at a time, and one
   * while the webhook fails.
   */
  claim(limit: number, leaseSeconds: number): Promise<readonly ClaimedDelivery[]>;
  /** Records an attempt. @returns false if the claim was lost: another process sends the delivery, or it is gone */
  record(claimed: Pick<ClaimedDelivery, 'id' | 'token' | 'kind'>, result: AttemptResult): Promise<boolean>;
  /** Gives claims back unsent or unanswered, without charging the attempt. */
  release(claimed: readonly Pick<ClaimedDelivery, 'id' | 'token'>[]): Promise<void>;
  /**
   * Deletes some deliveries that were stored more than so many days ago, and some of deleted webhooks, in small transactions.
   *
   * @returns true if there may be more
   */
  sweep(days: number): Promise<boolean>;
}
