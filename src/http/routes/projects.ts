import { z } from 'zod';
import { projectNameSchema } from '../../access/project.ts';
import { projectListSchema, projectRequestSchema, projectSchema, representProject } from '../../api/key.ts';
import { actorOf } from '../audit.ts';
import { HttpProblem } from '../http-problem.ts';
import { bodyProblems, json, responses, unchanged } from '../responses.ts';
import type { App, Services } from '../services.ts';
import { noQuery } from '../validation.ts';
import { workerBody } from '../worker-body.ts';

/** Adds the routes that create and list projects. */
export function projectRoutes(app: App, { access }: Services): void {
  const create = {
    operationId: 'createProject',
    tags: ['keys'],
    summary: 'Create a project',
    description:
      'Only a caller of all projects may. Then make keys of the project: what they create belongs to it, and they see nothing else.',
    querystring: noQuery,
    body: projectRequestSchema,
    response: responses({ 201: json('The new project.', projectSchema) }, 'project-exists', ...bodyProblems),
  };
  app.post('/v1/projects', { schema: create, config: { scope: 'admin' } }, async (request, reply) => {
    const { name } = workerBody(projectRequestSchema, request.body);
    if (!request.caller.everywhere) throw new HttpProblem('forbidden', 'only a key of all projects creates projects');
    const project = await access.insertProject(name, actorOf(request));
    if (!project) throw new HttpProblem('project-exists', `there is a project ${name} already`);
    return reply.code(201).header('location', `/v1/projects/${name}`).send(representProject(project));
  });
  const list = {
    operationId: 'listProjects',
    tags: ['keys'],
    summary: 'List projects',
    description: 'All by name, for a caller of all projects; its own for any other.',
    querystring: noQuery,
    response: responses({ 200: json('The projects.', projectListSchema), 304: unchanged }),
  };
  app.get('/v1/projects', { schema: list }, async ({ caller }) => {
    const all = await access.projects();
    return { items: all.filter(({ name }) => caller.everywhere || name === caller.project).map(representProject) };
  });
  const read = {
    operationId: 'getProject',
    tags: ['keys'],
    summary: 'Get a project',
    params: z.strictObject({ project: projectNameSchema }),
    querystring: noQuery,
    response: responses({ 200: json('The project.', projectSchema), 304: unchanged }, 'project-not-found'),
  };
  app.get('/v1/projects/:project', { schema: read }, async ({ caller, params }) => {
    const found = caller.everywhere || params.project === caller.project ? await access.project(params.project) : null;
    if (!found) throw new HttpProblem('project-not-found', `there is no project ${params.project}`);
    return representProject(found);
  });
}
