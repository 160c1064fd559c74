import { z } from 'zod';
import { finalistListSchema, representFinalists, representWinner, winnerSchema } from '../../api/winner.ts';
import type { Campaign } from '../../campaigns/campaign.ts';
import { campaignDocumentSchema } from '../../campaigns/document.ts';
import { campaignExportFingerprint, pagedCampaignExport } from '../../campaigns/export.ts';
import type { CampaignReader } from '../../campaigns/ports.ts';
import { campaignStandings, type Standings } from '../../campaigns/standings.ts';
import { describedEnum } from '../../shared/described-enum.ts';
import { DomainError } from '../../shared/errors.ts';
import { isEnded } from '../../studies/model/states.ts';
import { foundCampaign } from '../campaign-view.ts';
import { answerCanonical } from '../canonical-answer.ts';
import type { ExportPlaces } from '../export-places.ts';
import { json, responses, unchanged } from '../responses.ts';
import type { App, Services } from '../services.ts';
import { exportOptionsOf, exportQuery } from './export-query.ts';
import { campaignPath } from './parameters.ts';

const curvesQuery = z.strictObject({
  curves: describedEnum(
    ['true', 'false'],
    { true: 'with them.', false: 'without them: `points` is null.' },
    'Include the points of the curves, which can be hundreds for each.',
  ).default('false'),
});

/** Adds the routes of the results of a campaign. */
export function campaignResultRoutes(app: App, services: Services, places: ExportPlaces): void {
  winnerRoute(app, services);
  finalistsRoute(app, services);
  exportRoute(app, services, places);
}

function winnerRoute(app: App, { reader }: Services): void {
  const schema = {
    operationId: 'getWinner',
    tags: ['campaigns'],
    summary: 'Get the winner of a campaign',
    description:
      'The best configuration by the metric of the campaign that keeps all its limits (`constraints`), known once the searches and the final have ended. `test` and `repeats` are filled as they are measured, and are complete when the campaign is. Held-out data does not affect any ranking. If no trial keeps all limits there is no winner: the campaign is failed with the reason no-finalists, and the answer is 409 `winner-not-known`.',
    params: campaignPath,
    querystring: curvesQuery,
    response: responses({ 200: json('The winner.', winnerSchema), 304: unchanged }, 'campaign-not-found', 'winner-not-known'),
  };
  app.get('/v1/campaigns/:campaignId/winner', { schema }, async (request) => {
    const { campaign, standings } = await readStandings(reader, request.params.campaignId);
    if (!standings.winner) throw winnerNotKnown(campaign);
    return representWinner(standings.winner, campaign.spec, request.query.curves === 'true');
  });
}

function finalistsRoute(app: App, { reader }: Services): void {
  const schema = {
    operationId: 'listFinalists',
    tags: ['campaigns'],
    summary: 'List the configurations that a campaign evaluates, the winner first',
    description:
      'The winner, the best trial of each search, and the finalists of the final, each once. All keep the limits of the campaign (`constraints`); empty if no trial does.',
    params: campaignPath,
    querystring: curvesQuery,
    response: responses({ 200: json('The finalists.', finalistListSchema), 304: unchanged }, 'campaign-not-found'),
  };
  app.get('/v1/campaigns/:campaignId/finalists', { schema }, async (request) => {
    const { campaign, standings } = await readStandings(reader, request.params.campaignId);
    return representFinalists(standings, campaign.spec, request.query.curves === 'true');
  });
}

function exportRoute(app: App, { reader, version }: Services, places: ExportPlaces): void {
  const schema = {
    operationId: 'exportCampaign',
    tags: ['campaigns'],
    summary: 'Export a campaign as canonical JSON',
    description:
      'RFC 8785 text of the definition, the export of every part, and the evaluations, without ids, times, sources and attempts: two runs of one definition and seed give the same bytes across any crash; on different machines, with `provenance=false`. POST /v1/campaigns/import accepts it. A response may take 10 minutes; a client that reads less than 256 KiB in a minute is cut off.',
    params: campaignPath,
    querystring: exportQuery,
    response: responses({ 200: json('The canonical text.', campaignDocumentSchema), 304: unchanged }, 'campaign-not-found', 'exports-busy'),
  };
  app.get('/v1/campaigns/:campaignId/export', { schema }, (request, reply) => {
    const { campaignId } = request.params;
    const options = exportOptionsOf(request.query, version);
    return answerCanonical(request, reply, {
      places,
      snapshot: reader.snapshot,
      state: async (snapshot) => [version, options.provenance !== false, ...(await campaignExportFingerprint(snapshot, campaignId))],
      document: (snapshot) => pagedCampaignExport(snapshot, campaignId, options),
    });
  });
}

/** Reads both in one snapshot. */
function readStandings(reader: CampaignReader, campaignId: string): Promise<{ campaign: Campaign; standings: Standings }> {
  return reader.snapshot(async (snapshot) => ({
    campaign: await foundCampaign(snapshot, campaignId),
    standings: await campaignStandings(snapshot, campaignId),
  }));
}

function winnerNotKnown({ state, outcome }: Campaign): DomainError {
  const detail = isEnded(state)
    ? `the campaign is ${state} and ended without a winner${outcome ? `: ${outcome.detail}` : ''}`
    : `the campaign is ${state}; its winner is known once its searches and its final have ended`;
  return new DomainError('winner-not-known', detail, { details: { state } });
}
