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

/** Whether what is stored is what the definition and the results give. */
export function verificationRoutes(app: App, { reader, planner }: Services): void {
  const study = {
    operationId: 'verifyStudy',
    tags: ['results'],
    summary: 'Verify a study',
    description:
      'Checks the chain of the event log and compares it with what is stored, and makes every suggestion, every study checkpoint and the leaderboard again from the definition and the results. Takes seconds for a thousand trials of a search that looks back. Changes nothing.',
    params: studyPath,
    querystring: noQuery,
    response: responses({ 200: json('What it came to.', verificationSchema) }, 'study-not-found', ...bodyProblems),
  };
  app.post('/v1/studies/:studyId/verify', { schema: study }, async (request) =>
    representVerification(await verifyStudy(reader, request.params.studyId, planner)),
  );
  const campaign = {
    operationId: 'verifyCampaign',
    tags: ['campaigns'],
    summary: 'Verify a campaign and all its parts',
    description:
      'Each part as a study, and the steps of the campaign: which parts follow from those before, the definition of each, and the winner. Changes nothing.',
    params: campaignPath,
    querystring: noQuery,
    response: responses({ 200: json('What it came to.', campaignVerificationSchema) }, 'campaign-not-found', ...bodyProblems),
  };
  app.post('/v1/campaigns/:campaignId/verify', { schema: campaign }, async (request) =>
    representCampaignVerification(await verifyCampaign(reader, request.params.campaignId, planner)),
  );
}
