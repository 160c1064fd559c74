import { campaignSchema } from '../../api/campaign.ts';
import { campaignPageSchema, representCampaignSummary } from '../../api/campaign-list.ts';
import { campaignDryRunSchema, campaignRequestSchema, representDryRun } from '../../api/campaign-request.ts';
import { createCampaign } from '../../campaigns/create.ts';
import { deleteCampaign } from '../../campaigns/life-cycle.ts';
import { resolveCampaign } from '../../campaigns/resolve.ts';
import { recordingCampaigns } from '../audit.ts';
import { bodyLimits, inMebibytes } from '../body-limits.ts';
import { campaignFromBody } from '../campaign-body.ts';
import type { CampaignView } from '../campaign-view.ts';
import type { ChangeWatch } from '../change-watch.ts';
import { createdOnce } from '../created-once.ts';
import { pageResponse } from '../cursor.ts';
import { idempotencyKeyHeader } from '../idempotency-key.ts';
import { bodyProblems, json, noBody, quotaProblems, responses, unchanged } from '../responses.ts';
import type { App, Services } from '../services.ts';
import { noQuery } from '../validation.ts';
import { readOrWait, waitQuery } from '../waiting-read.ts';
import { listFilterOf, listQueryOf, listScope } from './list-query.ts';
import { campaignPath } from './parameters.ts';

/** Adds the routes that create or estimate, list, read and delete campaigns. */
export function campaignRoutes(
  app: App,
  services: Services,
  { watch, view }: { readonly watch: ChangeWatch; readonly view: CampaignView },
): void {
  createRoute(app, services, view);
  listRoute(app, services);
  readRoute(app, watch, view);
  deleteRoute(app, services);
}

function createRoute(app: App, services: Services, view: CampaignView): void {
  const schema = {
    operationId: 'createCampaign',
    tags: ['campaigns'],
    summary: 'Create a campaign, or estimate its cost',
    description: `Checks the definition, stores the campaign with its first studies and queues their first trials, all or nothing. With \`dryRun: true\` nothing is stored: the response (200) has the definition with all defaults filled in, the numbers that the scale changed, and an estimate of trials, evaluations, steps, core-seconds and disk. POST that definition to create exactly the estimated campaign. Send a dry run first: a preset at full scale can take days. The whole body may have up to ${inMebibytes(bodyLimits.definition)}.`,
    headers: idempotencyKeyHeader,
    querystring: noQuery,
    body: campaignRequestSchema,
    response: responses(
      {
        200: json('The estimate of the campaign; only with `dryRun: true`.', campaignDryRunSchema),
        201: json('The new campaign; the header Location has its address.', campaignSchema),
      },
      'invalid-campaign',
      'key-reused',
      ...quotaProblems,
      ...bodyProblems,
    ),
  };
  app.post('/v1/campaigns', { schema, bodyLimit: bodyLimits.definition }, async (request, reply) => {
    const { spec, scaled, dryRun } = campaignFromBody(request.body);
    const definition = resolveCampaign(spec, services.drawSeed());
    if (dryRun) return representDryRun(definition, scaled);
    return createdOnce(request, reply, services, {
      collection: '/v1/campaigns',
      create: (transactions) => createCampaign(transactions, definition),
      view,
    });
  });
}

function listRoute(app: App, { reader }: Services): void {
  const schema = {
    operationId: 'listCampaigns',
    tags: ['campaigns'],
    summary: 'List campaigns',
    description:
      'Each with its progress and its best trial, so that a table needs no other request. Newest first, unless `sort` says otherwise.',
    querystring: listQueryOf('campaigns'),
    response: responses({ 200: json('A page of campaigns.', campaignPageSchema), 304: unchanged }, 'invalid-cursor'),
  };
  app.get('/v1/campaigns', { schema }, async (request) => {
    const scope = listScope('campaigns', request.query);
    return pageResponse(await reader.campaigns(listFilterOf(request.query, scope, request.caller)), scope, representCampaignSummary);
  });
}

function readRoute(app: App, watch: ChangeWatch, view: CampaignView): void {
  const schema = {
    operationId: 'getCampaign',
    tags: ['campaigns'],
    summary: 'Get a campaign with its parts and those still to be added',
    description:
      'Cheap to poll: send the ETag of the last response as If-None-Match, and get 304 if nothing has changed. With `wait` the response comes when something has.',
    params: campaignPath,
    querystring: waitQuery,
    response: responses({ 200: json('The campaign.', campaignSchema), 304: unchanged }, 'campaign-not-found'),
  };
  app.get('/v1/campaigns/:campaignId', { schema }, (request, reply) =>
    readOrWait(request, reply, { watch, read: () => view(request.params.campaignId) }),
  );
}

function deleteRoute(app: App, { transactions }: Services): void {
  const schema = {
    operationId: 'deleteCampaign',
    tags: ['campaigns'],
    summary: 'Delete a campaign that has ended, with all its studies and their trials',
    params: campaignPath,
    querystring: noQuery,
    response: responses({ 204: noBody('The campaign is deleted.') }, 'campaign-not-found', 'campaign-not-ended', ...bodyProblems),
  };
  app.delete('/v1/campaigns/:campaignId', { schema }, async (request, reply) => {
    await deleteCampaign(recordingCampaigns(transactions, request), request.params.campaignId);
    return reply.code(204).send();
  });
}
