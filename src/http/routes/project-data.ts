import { z } from 'zod';
import { projectErasureSchema, projectSchema, representProject } from '../../api/project.ts';
import { counted } from '../../shared/counted.ts';
import { actorOf } from '../audit.ts';
import type { Callers } from '../callers.ts';
import { bodyAhead, sendAll } from '../canonical-answer.ts';
import type { ExportPlaces } from '../export-places.ts';
import { HttpProblem } from '../http-problem.ts';
import { writeProjectExport } from '../project-export.ts';
import { bodyProblems, json, responses } from '../responses.ts';
import type { App, Services } from '../services.ts';
import { noQuery } from '../validation.ts';
import { invalidBody, workerBody } from '../worker-body.ts';
import { exportOptionsOf, exportQuery } from './export-query.ts';
import { checkOwn, needEverywhere, projectNotFound, projectPath } from './projects.ts';

/** Adds the routes that export and erase all that a project has. */
export function projectDataRoutes(
  app: App,
  services: Services,
  { places, callers }: { readonly places: ExportPlaces; readonly callers: Callers },
): void {
  exportRoute(app, services, places);
  eraseRoute(app, services, callers);
}

function exportRoute(app: App, { access, reader, version }: Services, places: ExportPlaces): void {
  const lines = {
    description: 'A line of JSON for each document.',
    content: { 'application/x-ndjson': { schema: z.string().describe('Lines of JSON; the last one has the member kind `end`.') } },
  };
  const schema = {
    operationId: 'exportProject',
    tags: ['keys'],
    summary: 'Export all that a project has',
    description:
      'Lines of JSON: `{"kind": "campaign", "id": …, "document": …}` for each campaign, then `{"kind": "study", …}` for each study that is no part of one, oldest first. POST /v1/campaigns/import and /v1/studies/import accept the documents. The last line is `{"kind": "end", "campaigns": …, "studies": …}`; an export without it is not whole. Keys are not exported. A client that reads less than 256 KiB in a minute is cut off.',
    params: projectPath,
    querystring: exportQuery,
    response: responses({ 200: lines }, 'project-not-found', 'exports-busy'),
  };
  app.get('/v1/projects/:project/export', { schema }, async (request, reply) => {
    const { project } = request.params;
    checkOwn(request.caller, project);
    if (!(await access.project(project))) throw projectNotFound(project);
    const giveBack = await places.take();
    const body = bodyAhead();
    const options = exportOptionsOf(request.query, version);
    // Destroying the body has told Fastify of an error, which logs it.
    void sendAll(body, (write) => writeProjectExport({ reader, project, options }, write)).then(giveBack, giveBack);
    return reply.type('application/x-ndjson; charset=utf-8').send(body);
  });
}

function eraseRoute(app: App, { access }: Services, callers: Callers): void {
  const schema = {
    operationId: 'eraseProject',
    tags: ['keys'],
    summary: 'Erase a project',
    description:
      'Deletes all that a project has, for good: its keys at once, then its webhooks, campaigns, studies, trials, events and results, some at a time, and in the end the project itself. `default` stays, empty. Cancel its open campaigns and studies first. While it goes on, the project has the state `erasing` and nothing can be created in it. Only a caller of all projects may.',
    params: projectPath,
    querystring: noQuery,
    body: projectErasureSchema,
    response: responses(
      { 202: json('The project, which is being erased.', projectSchema) },
      'project-not-found',
      'project-in-use',
      ...bodyProblems,
    ),
  };
  app.delete('/v1/projects/:project', { schema, config: { scope: 'admin' } }, async (request, reply) => {
    const { project: name } = request.params;
    checkOwn(request.caller, name);
    needEverywhere(request.caller, 'erases projects');
    const { confirm } = workerBody(projectErasureSchema, request.body);
    if (confirm !== name) throw invalidBody([{ pointer: '/confirm', detail: `must be the name of the project, ${name}` }]);
    const begun = await access.beginErasure(name, actorOf(request));
    if (begun !== null && begun !== 'begun') {
      const open = `${counted(begun.campaigns, 'open campaign')} and ${counted(begun.studies, 'open study', 'open studies')}`;
      throw new HttpProblem('project-in-use', `the project ${name} has ${open}: cancel them first`);
    }
    callers.forget();
    const project = begun && (await access.project(name));
    if (!project) throw projectNotFound(name);
    return reply.code(202).send(representProject(project));
  });
}
