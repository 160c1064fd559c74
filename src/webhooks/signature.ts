import { Webhook } from 'standardwebhooks';

/** A message to sign, and the secrets. */
export interface SignedMessage {
  /** Stays the same over all attempts, so that a receiver recognises a repetition. */
  readonly messageId: string;
  /** The time of the attempt. */
  readonly at: Date;
  readonly body: string;
  /** The present secret, then the one before it while that lives. */
  readonly secrets: readonly string[];
}

/** The headers of Standard Webhooks. With two secrets there are two signatures, of which a receiver accepts any. */
export function signatureHeaders({ messageId, at, body, secrets }: SignedMessage): Record<string, string> {
  return {
    'webhook-id': messageId,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(messageId, at, body)).join(' '),
  };
}
