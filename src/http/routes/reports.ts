import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type ReportRepresentation, reportSchema } from '../../api/report.ts';
import { representReport } from '../../api/report-representation.ts';
import { campaignFindings, studyReportFindings } from '../../campaigns/reporting/findings.ts';
import { reportPage, reportPolicy } from '../../report/page.ts';
import { foundCampaign } from '../campaign-view.ts';
import { responses, unchanged } from '../responses.ts';
import type { App, Services } from '../services.ts';
import { foundStudy } from '../study-view.ts';
import { trialsCsv } from '../trials-csv.ts';
import { noQuery } from '../validation.ts';
import { campaignPath, studyPath } from './parameters.ts';

const html = { 'text/html': { schema: z.string() } };
const reportAnswer = {
  description: 'The report: JSON, or a page for people where the header Accept prefers text/html.',
  content: { 'application/json': { schema: reportSchema }, ...html },
};
const pageAnswer = { description: 'The report as one HTML page that needs nothing else.', content: html };
const csvAnswer = { description: 'RFC 4180, with a header.', content: { 'text/csv': { schema: z.string() } } };

const reportText =
  'The methods side by side, the best value so far, generations, evaluations on held-out data, and all trials for parallel coordinates. It can be read while the search runs: what has no data yet is empty or null.';
const csvText =
  'A row for each trial, with the measured values in the columns `values.…` and the parameters in `parameters.…`. It is sent as it is read, a page at a time, so that its rows are not all of one moment while trials run.';

/** Reports for people and programs, and all trials as CSV. */
export function reportRoutes(app: App, services: Services): void {
  campaignReportRoutes(app, services);
  studyReportRoutes(app, services);
  csvRoutes(app, services);
}

function campaignReportRoutes(app: App, { reader }: Services): void {
  const shared = { tags: ['campaigns'], params: campaignPath, querystring: noQuery };
  const report = {
    ...shared,
    operationId: 'getCampaignReport',
    summary: 'How the methods of a campaign compare, and which hyperparameters are best',
    description: reportText,
    response: responses({ 200: reportAnswer, 304: unchanged }, 'campaign-not-found'),
  };
  const read = async (campaignId: string) => representReport(await campaignFindings(reader, campaignId));
  app.get('/v1/campaigns/:campaignId/report', { schema: report }, async (request, reply) =>
    sendReport(request, reply, await read(request.params.campaignId)),
  );
  const page = {
    ...shared,
    operationId: 'getCampaignReportPage',
    summary: 'The report of a campaign as a page',
    response: responses({ 200: pageAnswer, 304: unchanged }, 'campaign-not-found'),
  };
  app.get('/v1/campaigns/:campaignId/report.html', { schema: page }, async (request, reply) =>
    sendPage(reply, await read(request.params.campaignId)),
  );
}

function studyReportRoutes(app: App, { reader }: Services): void {
  const shared = { tags: ['results'], params: studyPath, querystring: noQuery };
  const report = {
    ...shared,
    operationId: 'getStudyReport',
    summary: 'What a study found, and what it cost',
    description: reportText,
    response: responses({ 200: reportAnswer, 304: unchanged }, 'study-not-found'),
  };
  const read = async (studyId: string) => representReport(await studyReportFindings(reader, studyId));
  app.get('/v1/studies/:studyId/report', { schema: report }, async (request, reply) =>
    sendReport(request, reply, await read(request.params.studyId)),
  );
  const page = {
    ...shared,
    operationId: 'getStudyReportPage',
    summary: 'The report of a study as a page',
    response: responses({ 200: pageAnswer, 304: unchanged }, 'study-not-found'),
  };
  app.get('/v1/studies/:studyId/report.html', { schema: page }, async (request, reply) =>
    sendPage(reply, await read(request.params.studyId)),
  );
}

function csvRoutes(app: App, { reader }: Services): void {
  const ofStudy = {
    operationId: 'getStudyTrialsCsv',
    tags: ['results'],
    summary: 'All trials of a study as CSV',
    description: csvText,
    params: studyPath,
    querystring: noQuery,
    response: responses({ 200: csvAnswer }, 'study-not-found'),
  };
  app.get('/v1/studies/:studyId/trials.csv', { schema: ofStudy }, async (request, reply) => {
    const { id, spec } = await foundStudy(reader, request.params.studyId);
    return sendCsv(reply, trialsCsv(reader, spec, [{ studyId: id, part: null }]));
  });
  const ofCampaign = {
    operationId: 'getCampaignTrialsCsv',
    tags: ['campaigns'],
    summary: 'All trials of a campaign as CSV',
    description: `${csvText} The columns \`part\` and \`kind\` say which part of the campaign it belongs to.`,
    params: campaignPath,
    querystring: noQuery,
    response: responses({ 200: csvAnswer }, 'campaign-not-found'),
  };
  app.get('/v1/campaigns/:campaignId/trials.csv', { schema: ofCampaign }, async (request, reply) => {
    const { id, spec } = await foundCampaign(reader, request.params.campaignId);
    const parts = await reader.campaignParts(id);
    const studies = parts.map(({ name, kind, study }) => ({ studyId: study.id, part: { name, kind } }));
    return sendCsv(reply, trialsCsv(reader, spec, studies));
  });
}

/** JSON unless the client prefers a page, as browsers do. */
function sendReport(request: FastifyRequest, reply: FastifyReply, report: ReportRepresentation): FastifyReply {
  reply.header('vary', 'accept');
  return request.type(['json', 'html']) === 'html' ? sendPage(reply, report) : reply.send(report);
}

function sendPage(reply: FastifyReply, report: ReportRepresentation): FastifyReply {
  return reply.header('content-security-policy', reportPolicy).type('text/html; charset=utf-8').send(reportPage(report));
}

function sendCsv(reply: FastifyReply, records: AsyncIterable<string>): FastifyReply {
  return reply
    .type('text/csv; charset=utf-8; header=present')
    .header('cache-control', 'no-store')
    .send(Readable.from(records, { objectMode: true, highWaterMark: 2 }));
}
