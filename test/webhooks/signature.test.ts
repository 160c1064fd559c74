import { createHmac } from 'node:crypto';
import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import { expect, it } from 'vitest';
import { newWebhookSecret } from '../../src/webhooks/secret.ts';
import { signatureHeaders } from '../../src/webhooks/signature.ts';

const message = { messageId: 'msg_1', body: '{"type":"study-ended","data":{"ü":1}}' };

it('the example of the convention gives its signature', () => {
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
  const example = { messageId: 'msg_p5jXN8AQM9LWM0D4loKWxJek', at: new Date(1_614_265_330_000), body: '{"test": 2432232314}' };
  expect(signatureHeaders({ ...example, secrets: [secret] })).toEqual({
    'webhook-id': example.messageId,
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  });
});

it('a message is verified by either of two living secrets, and by no other', () => {
  const [present, before, other] = [newWebhookSecret(), newWebhookSecret(), newWebhookSecret()];
  const headers = signatureHeaders({ ...message, at: new Date(), secrets: [present, before] });
  expect(headers['webhook-signature']?.split(' ')).toHaveLength(2);
  for (const secret of [present, before]) expect(new Webhook(secret).verify(message.body, headers)).toEqual(JSON.parse(message.body));
  expect(() => new Webhook(other).verify(message.body, headers)).toThrow(WebhookVerificationError);
  expect(() => new Webhook(present).verify(message.body.replace('1', '2'), headers)).toThrow(WebhookVerificationError);
});

it('a secret has 32 random bytes, which are the key of the signature', () => {
  const secret = newWebhookSecret();
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  expect(key).toHaveLength(32);
  const headers = signatureHeaders({ ...message, at: new Date(5000), secrets: [secret] });
  const expected = createHmac('sha256', key).update(`msg_1.5.${message.body}`).digest('base64');
  expect(headers['webhook-signature']).toBe(`v1,${expected}`);
  expect(newWebhookSecret()).not.toBe(secret);
});
