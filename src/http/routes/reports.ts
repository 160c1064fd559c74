import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type ReportRepresentation, reportSchema } from '../../api/report.ts';
import { representReport } from '../../api/report-representation.ts';
import { campaignFindings, studyReportFindings } from '../../campaigns/reporting/findings.ts';
import { pagePolicy } from '../../report/html-page.ts';
import { foundCampaign } from '../campaign-view.ts';
import { responses, unchanged } from '../responses.ts';
import type { App, Services } from '../services.ts';
import { foundStudy } from '../study-view.ts';
import { trialsCsv } from '../trials-csv.ts';
import { noQuery } from '../validation.ts';
import { variesBy } from '../vary.ts';
import { campaignPath, studyPath } from './parameters.ts';

const html = { 'text/html': { schema: z.string() } };
const reportAnswer = {
  description: 'The report as JSON, or as a page if the header Accept prefers text/html.',
  content: { 'application/json': { schema: reportSchema }, ...html },
};
const pageAnswer = { description: 'The report as one self-contained HTML page.', content: html };
const csvAnswer = { description: 'CSV (RFC 4180) with a header line.', content: { 'text/csv': { schema: z.string() } } };

const reportText =
  'The methods side by side, the best value so far, generations, evaluations on held-out data, and all trials for parallel coordinates. It can be read while the search runs; parts without data yet are empty or null.';
const csvText =
  'A row for each trial, with the measured values in the columns `values.…` and the parameters in `parameters.…`. The rows are read and sent page by page, so they are not one consistent snapshot while trials run.';

/** Adds the routes of reports as JSON and HTML, and of trials as CSV. */
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
    summary: 'Get the report of a campaign: its methods compared, and the best hyperparameters',
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
    summary: 'Get the report of a campaign as a page',
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
    summary: 'Get the report of a study: its results and costs',
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
    summary: 'Get the report of a study as a page',
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
    summary: 'Get all trials of a study as CSV',
    description: `${csvText} Where values changed on the way, \`earlierValues\` has those of the first steps as JSON.`,
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
    summary: 'Get all trials of a campaign as CSV',
    description: `${csvText} The columns \`part\` and \`kind\` identify the part of the campaign.`,
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

/** Sends the report as JSON, or as a page if the client prefers one, as browsers do. */
async function sendReport(request: FastifyRequest, reply: FastifyReply, report: ReportRepresentation): Promise<FastifyReply> {
  variesBy(reply, 'accept');
  return request.type(['json', 'html']) === 'html' ? sendPage(reply, report) : reply.send(report);
}

/** Sends the report as a page. The plot libraries are a third of the service's modules, so the first page loads them. */
async function sendPage(reply: FastifyReply, report: ReportRepresentation): Promise<FastifyReply> {
  const { reportPage } = await import('../../report/page.ts');
  return reply.header('content-security-policy', pagePolicy).type('text/html; charset=utf-8').send(reportPage(report));
}

function sendCsv(reply: FastifyReply, records: AsyncIterable<string>): FastifyReply {
  return reply
    .type('text/csv; charset=utf-8; header=present')
    .header('cache-control', 'no-store')
    .send(Readable.from(records, { objectMode: true, highWaterMark: 2 }));
}
