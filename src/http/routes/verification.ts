import {
  campaignVerificationSchema,
  representCampaignVerification,
  representVerification,
  verificationSchema,
} from '../../api/verification.ts';
import { verifyCampaign } from '../../campaigns/verification.ts';
import { verifyStudy } from '../../studies/actions/verify.ts';
import { bodyProblems, json, responses } from '../responses.ts';
import type { App, Services } from '../services.ts';
import { noQuery } from '../validation.ts';
import { campaignPath, studyPath } from './parameters.ts';

/** Adds the routes that verify studies and campaigns. */
export function verificationRoutes(app: App, { reader, planner, fronts }: Services): void {
  const study = {
    operationId: 'verifyStudy',
    tags: ['results'],
    summary: 'Verify a study',
    description:
      'Checks the hash chain of the event log, compares the log with the stored rows, and recomputes every suggestion, every study checkpoint and the leaderboard from the definition and the results. Takes seconds for a thousand trials of a search that learns from its results. Changes nothing.',
    params: studyPath,
    querystring: noQuery,
    response: responses({ 200: json('The result of the verification.', verificationSchema) }, 'study-not-found', ...bodyProblems),
  };
  app.post('/v1/studies/:studyId/verify', { schema: study, config: { scope: 'read' } }, async (request) =>
    representVerification(await verifyStudy(reader, request.params.studyId, { planner, fronts })),
  );
  const campaign = {
    operationId: 'verifyCampaign',
    tags: ['campaigns'],
    summary: 'Verify a campaign and all its parts',
    description:
      'Verifies each part as a study, and recomputes the steps of the campaign: which parts follow from earlier ones, the definition of each, and the winner. Changes nothing.',
    params: campaignPath,
    querystring: noQuery,
    response: responses(
      { 200: json('The result of the verification.', campaignVerificationSchema) },
      'campaign-not-found',
      ...bodyProblems,
    ),
  };
  app.post('/v1/campaigns/:campaignId/verify', { schema: campaign, config: { scope: 'read' } }, async (request) =>
    representCampaignVerification(await verifyCampaign(reader, request.params.campaignId, { planner, fronts })),
  );
}
