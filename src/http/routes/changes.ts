import { changeRequestSchema, extensionRequestSchema } from '../../api/change-request.ts';
import { type StudyRepresentation, studySchema } from '../../api/study.ts';
import { changeStudy } from '../../studies/actions/change.ts';
import { extendStudy } from '../../studies/actions/extend.ts';
import { isAskedFor } from '../../studies/search/on-demand.ts';
import { changeFromBody } from '../change-body.ts';
import { onceUnder, requestOf } from '../created-once.ts';
import { faultNote } from '../fault-note.ts';
import { idempotencyKeyHeader } from '../idempotency-key.ts';
import { ifMatchHeader, matchedVersion } from '../if-match.ts';
import { bodyProblems, json, responses } from '../responses.ts';
import type { App, Services } from '../services.ts';
import { foundStudy, viewStudy } from '../study-view.ts';
import { noQuery } from '../validation.ts';
import { studyPath } from './parameters.ts';

const problems = ['study-not-found', 'study-in-campaign', 'state-conflict', 'invalid-change', ...bodyProblems] as const;

/** Adds the routes that raise the budget of a study and change what is not a part of its search. */
export function changeRoutes(app: App, services: Services): void {
  extendRoute(app, services);
  changeRoute(app, services);
}

function extendRoute(app: App, services: Services): void {
  const schema = {
    operationId: 'extendStudy',
    tags: ['studies'],
    summary: 'Raise the budget of a study',
    description:
      'For a study that is active or paused, or that ended by its budget: by its trials or generations, its time or its target. It goes on as if it had that budget from the start: under the deterministic schedule with the same trials. A study that had ended is active again: its outcome is cleared, trials that its end had cancelled are queued again, results beyond its last trial count again, and its clock goes on. Each limit can be raised, or removed with null if another one remains; limits that are not named stay. The budget that an active study has already changes nothing. A study that was cancelled or failed can be forked, and a part of a campaign is as long as its campaign says.',
    params: studyPath,
    headers: idempotencyKeyHeader,
    querystring: noQuery,
    body: extensionRequestSchema,
    response: responses(
      { 200: json('The study with its new budget.', studySchema) },
      'key-reused',
      'project-erasing',
      'quota-exceeded',
      ...problems,
    ),
  };
  app.post('/v1/studies/:studyId/extend', { schema }, async (request) => {
    const { budget } = changeFromBody('study', extensionRequestSchema, request.body);
    const studyId = request.params.studyId.toLowerCase();
    const keyed = await requestOf(request);
    await onceUnder(keyed, services.reader, {
      carryOut: () => extendStudy(services.transactions, studyId, budget, { request: keyed, onFault: faultNote(request) }),
      again: async () => undefined,
    });
    return viewChanged(services, studyId);
  });
}

function changeRoute(app: App, services: Services): void {
  const schema = {
    operationId: 'changeStudy',
    tags: ['studies'],
    summary: 'Change the labels, the priority or the parallelism of a study',
    description:
      'While it is active or paused; its labels also after its end. Each change is an event of the study. Values that are not named stay, and those that the study has already change nothing. With the ETag of a read as `If-Match`, nothing that others changed since is overwritten. A part of a campaign cannot be changed by itself.',
    params: studyPath,
    headers: ifMatchHeader,
    querystring: noQuery,
    body: changeRequestSchema,
    response: responses({ 200: json('The study with its new values.', studySchema) }, 'precondition-failed', ...problems),
  };
  app.patch('/v1/studies/:studyId', { schema }, async (request) => {
    const studyId = request.params.studyId.toLowerCase();
    const change = changeFromBody('study', changeRequestSchema, request.body);
    const version = await matchedVersion(request, {
      what: 'study',
      version: async () => (await foundStudy(services.reader, studyId)).version,
      view: () => viewStudy(services, studyId),
    });
    await changeStudy(services.transactions, studyId, change, version);
    return viewChanged(services, studyId);
  });
}

/** The study after a change, which workers that wait may have waited for. */
async function viewChanged(services: Services, studyId: string): Promise<StudyRepresentation> {
  const study = await viewStudy(services, studyId);
  if (isAskedFor(study.spec)) services.asking.dispatcher.settled(studyId);
  return study;
}
