import { randomBytes } from 'node:crypto';

/** Random bytes of a secret. */
const secretBytes = 32;

/** Time in hours for which a replaced secret still signs beside its successor. */
export const rotationHours = 24;

/** Draws the secret of a webhook in the form of Standard Webhooks: `whsec_` and base64. It is shown once. */
export function newWebhookSecret(): string {
  return `whsec_${randomBytes(secretBytes).toString('base64')}`;
}
