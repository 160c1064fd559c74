import { afterAll, beforeAll, expect, it } from 'vitest';
import { answers } from './answers.ts';
import { campaignExport, manifest } from './fixtures.ts';
import { openNew, type UpgradedService } from './service.ts';
import { asWritten, viewOfCampaign } from './view.ts';

// The exports of campaigns of 0.1.0: each is imported as it was, and verifies. Their parts are forked by exports.full.test.ts.

let service: UpgradedService;
beforeAll(async () => {
  service = await openNew();
});
afterAll(() => service[Symbol.asyncDispose]());

it.each(manifest.campaigns)('an export of 0.1.0 of $name imports as it was, and verifies', async ({ name }) => {
  const ask = answers(service.api);
  const document = campaignExport(name);
  const { id } = await ask.post('/v1/campaigns/import', { document });
  const exported = await ask.get(`/v1/campaigns/${id}/export`);
  expect(viewOfCampaign(exported)).toEqual(viewOfCampaign(document));
  for (const [index, { study }] of document.parts.entries()) expect(asWritten(exported.parts[index].study)).toEqual(asWritten(study));
  expect(await ask.post(`/v1/campaigns/${id}/verify`)).toMatchObject({ verified: true, differences: [] });
});
