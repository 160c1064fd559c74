import { studySchema } from '../../api/study.ts';
import { representStudySummary, studyPageSchema } from '../../api/study-list.ts';
import { representStudyDryRun, studyDryRunSchema, studyRequestSchema } from '../../api/study-request.ts';
import { createStudy } from '../../studies/actions/create.ts';
import { deleteStudy } from '../../studies/actions/life-cycle.ts';
import { withWarmStart } from '../../studies/actions/warm-start.ts';
import { resolveNewStudy } from '../../studies/definition/resolve.ts';
import type { Belongings } from '../access-checks.ts';
import { recordingStudies } from '../audit.ts';
import { bodyLimits, inMebibytes } from '../body-limits.ts';
import type { ChangeWatch } from '../change-watch.ts';
import { createdOnce } from '../created-once.ts';
import { pageResponse } from '../cursor.ts';
import { idempotencyKeyHeader } from '../idempotency-key.ts';
import { bodyProblems, json, noBody, quotaProblems, responses, unchanged } from '../responses.ts';
import type { App, Services } from '../services.ts';
import { studyFromBody } from '../study-body.ts';
import { viewStudy } from '../study-view.ts';
import { noQuery } from '../validation.ts';
import { readOrWait, waitQuery } from '../waiting-read.ts';
import { listFilterOf, listScope, studyListQuery } from './list-query.ts';
import { studyPath } from './parameters.ts';

/** Adds the routes that create, list, read and delete studies. */
export function studyRoutes(
  app: App,
  services: Services,
  { watch, belongings }: { readonly watch: ChangeWatch; readonly belongings: Belongings },
): void {
  createRoute(app, services, belongings);
  listRoute(app, services);
  readRoute(app, services, watch);
  deleteRoute(app, services);
}

function createRoute(app: App, services: Services, belongings: Belongings): void {
  const schema = {
    operationId: 'createStudy',
    tags: ['studies'],
    summary: 'Create a study, or estimate its cost',
    description: `Checks the definition, stores the study and queues its first trials, all or nothing. The response has the definition with all defaults filled in. With \`dryRun: true\` nothing is stored: the response (200) has the same definition and an estimate of trials, evaluations, steps, core-seconds and disk. POST that definition to create exactly the estimated study. The body may have up to ${inMebibytes(bodyLimits.definition)}.`,
    headers: idempotencyKeyHeader,
    querystring: noQuery,
    body: studyRequestSchema,
    response: responses(
      {
        200: json('The estimate of the study; only with `dryRun: true`.', studyDryRunSchema),
        201: json('The new study; the header Location has its address.', studySchema),
      },
      'invalid-study',
      'key-reused',
      ...quotaProblems,
      ...bodyProblems,
    ),
  };
  app.post('/v1/studies', { schema, bodyLimit: bodyLimits.definition }, async (request, reply) => {
    const { spec, dryRun } = await studyFromBody(request.body);
    const seed = services.drawSeed();
    const warm = () => withWarmStart(services.reader, spec, (id) => belongings.isOwn(request.caller, 'study', id));
    if (dryRun) return representStudyDryRun(await resolveNewStudy(await warm(), seed));
    return createdOnce(request, reply, services, {
      collection: '/v1/studies',
      create: async (transactions) => createStudy(transactions, await warm(), seed),
      view: (id) => viewStudy(services, id),
    });
  });
}

function listRoute(app: App, { reader }: Services): void {
  const schema = {
    operationId: 'listStudies',
    tags: ['studies'],
    summary: 'List studies',
    description:
      'Each with its progress and its best trial, so that a table needs no other request. Newest first, unless `sort` says otherwise.',
    querystring: studyListQuery,
    response: responses({ 200: json('A page of studies.', studyPageSchema), 304: unchanged }, 'invalid-cursor'),
  };
  app.get('/v1/studies', { schema }, async (request) => {
    const { campaign } = request.query;
    const scope = listScope('studies', request.query);
    const page = await reader.studies({
      ...listFilterOf(request.query, scope, request.caller),
      ...(campaign !== undefined && { campaign: campaign === 'none' ? null : campaign }),
    });
    return pageResponse(page, scope, representStudySummary);
  });
}

function readRoute(app: App, services: Services, watch: ChangeWatch): void {
  const schema = {
    operationId: 'getStudy',
    tags: ['studies'],
    summary: 'Get a study',
    description:
      'Cheap to poll: send the ETag of the last response as If-None-Match, and get 304 if nothing has changed. With `wait` the response comes when something has.',
    params: studyPath,
    querystring: waitQuery,
    response: responses({ 200: json('The study.', studySchema), 304: unchanged }, 'study-not-found'),
  };
  app.get('/v1/studies/:studyId', { schema }, (request, reply) =>
    readOrWait(request, reply, { watch, read: () => viewStudy(services, request.params.studyId) }),
  );
}

function deleteRoute(app: App, { transactions }: Services): void {
  const schema = {
    operationId: 'deleteStudy',
    tags: ['studies'],
    summary: 'Delete a study that has ended, with all its trials',
    description: 'A part of a campaign is deleted only together with its campaign.',
    params: studyPath,
    querystring: noQuery,
    response: responses(
      { 204: noBody('The study is deleted.') },
      'study-not-found',
      'study-not-ended',
      'study-in-campaign',
      ...bodyProblems,
    ),
  };
  app.delete('/v1/studies/:studyId', { schema }, async (request, reply) => {
    await deleteStudy(recordingStudies(transactions, request), request.params.studyId);
    return reply.code(204).send();
  });
}
