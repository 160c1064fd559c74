import { campaignSchema } from '../../api/campaign.ts';
import { campaignImportRequestSchema } from '../../campaigns/document.ts';
import { importCampaign } from '../../campaigns/import.ts';
import { bodyLimits, inMebibytes } from '../body-limits.ts';
import type { CampaignView } from '../campaign-view.ts';
import { createdOnce } from '../created-once.ts';
import { idempotencyKeyHeader } from '../idempotency-key.ts';
import { campaignImportFromBody } from '../import-body.ts';
import { bodyProblems, json, quotaProblems, responses } from '../responses.ts';
import type { App, Services } from '../services.ts';
import { noQuery } from '../validation.ts';

/** Adds the route that imports campaigns. */
export function campaignImportRoutes(app: App, services: Services, view: CampaignView): void {
  const schema = {
    operationId: 'importCampaign',
    tags: ['campaigns'],
    summary: 'Import a campaign from its export',
    description: `Recreates the exported campaign with all its parts in its last state: one that has not ended continues. The service first replays the search of every part, the steps of the campaign and its winner, and compares them with the document; a document that contradicts its own definition and results is rejected, and nothing is stored. The results count as \`imported\`. The body may have up to ${inMebibytes(bodyLimits.import)}.`,
    headers: idempotencyKeyHeader,
    querystring: noQuery,
    body: campaignImportRequestSchema,
    response: responses(
      { 201: json('The new campaign; the header Location has its address.', campaignSchema) },
      'invalid-document',
      'key-reused',
      ...quotaProblems,
      ...bodyProblems,
    ),
  };
  app.post('/v1/campaigns/import', { schema, bodyLimit: bodyLimits.import }, async (request, reply) => {
    const document = campaignImportFromBody(request.body);
    return createdOnce(request, reply, services, {
      collection: '/v1/campaigns',
      create: (transactions) => importCampaign(transactions, document, services.planner),
      view,
    });
  });
}
