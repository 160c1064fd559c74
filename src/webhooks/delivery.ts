/** States of a delivery. `pending`: it waits, for its turn or for its next attempt, or is being sent. */
export const deliveryStates = ['pending', 'delivered', 'failed', 'dropped'] as const;
export type DeliveryState = (typeof deliveryStates)[number];

/** The reasons for a delivery. `event` is in order; `ping` and `redelivery` are asked for, and out of order. */
export const deliveryKinds = ['event', 'ping', 'redelivery'] as const;
export type DeliveryKind = (typeof deliveryKinds)[number];

/**
 * Most pings and redeliveries of a webhook that wait at a time. Each costs a receiver a message, and nothing merges them: without a limit
 * a client that repeats itself would fill the queue.
 */
export const askedForAtMost = 100;

/** A message to a receiver, with the result of its last attempt. */
export interface Delivery {
  readonly id: string;
  readonly webhookId: string;
  readonly kind: DeliveryKind;
  /** The header `webhook-id`. A redelivery has that of the delivery that it repeats. */
  readonly messageId: string;
  /** Number of the event in the outbox; null: a ping. */
  readonly sequence: bigint | null;
  readonly type: string;
  readonly studyId: string | null;
  readonly state: DeliveryState;
  /** Attempts that began. */
  readonly attempts: number;
  readonly createdAt: Date;
  /** Start of the last attempt; null: there was none. */
  readonly attemptedAt: Date | null;
  /** Earliest time of the next attempt; null: there will be none. */
  readonly nextAttemptAt: Date | null;
  /** Time at which it was delivered, failed or was dropped; null: it is pending. */
  readonly settledAt: Date | null;
  /** Of the last attempt: the status and first KiB of the answer, the reason for the failure and the time in ms. null: there is none. */
  readonly status: number | null;
  readonly excerpt: string | null;
  readonly error: string | null;
  readonly durationMs: number | null;
}
