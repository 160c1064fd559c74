import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { Caller } from '../../access/caller.ts';
import { editableProject, type Project, projectNameSchema } from '../../access/project.ts';
import {
  type ProjectDetails,
  projectChangeSchema,
  projectDetailsSchema,
  projectListSchema,
  projectRequestSchema,
  projectSchema,
  representProject,
  representProjectDetails,
} from '../../api/project.ts';
import { actorOf } from '../audit.ts';
import { HttpProblem } from '../http-problem.ts';
import { changedMeanwhile, ifMatchHeader, matchedEditable } from '../if-match.ts';
import { bodyProblems, json, responses, unchanged } from '../responses.ts';
import type { App, Services } from '../services.ts';
import { noQuery } from '../validation.ts';
import { workerBody } from '../worker-body.ts';

export const projectPath = z.strictObject({ project: projectNameSchema });

/** Adds the routes that create, list, read and change projects. */
export function projectRoutes(app: App, services: Services): void {
  createRoute(app, services);
  listRoute(app, services);
  readRoute(app, services);
  changeRoute(app, services);
}

function createRoute(app: App, { access }: Services): void {
  const schema = {
    operationId: 'createProject',
    tags: ['keys'],
    summary: 'Create a project',
    description:
      'Only a caller of all projects may. Then make keys of the project: what they create belongs to it, and they see nothing else.',
    querystring: noQuery,
    body: projectRequestSchema,
    response: responses({ 201: json('The new project.', projectSchema) }, 'project-exists', ...bodyProblems),
  };
  app.post('/v1/projects', { schema, config: { scope: 'admin' } }, async (request, reply) => {
    const { name } = workerBody(projectRequestSchema, request.body);
    needEverywhere(request.caller, 'creates projects');
    const project = await access.insertProject(name, actorOf(request));
    if (!project) throw new HttpProblem('project-exists', `there is a project ${name} already`);
    reply.editable = editableProject(project);
    return reply.code(201).header('location', `/v1/projects/${name}`).send(representProject(project));
  });
}

function listRoute(app: App, { access }: Services): void {
  const schema = {
    operationId: 'listProjects',
    tags: ['keys'],
    summary: 'List projects',
    description: 'All by name, for a caller of all projects; its own for any other.',
    querystring: noQuery,
    response: responses({ 200: json('The projects.', projectListSchema), 304: unchanged }),
  };
  app.get('/v1/projects', { schema }, async ({ caller }) => {
    const all = await access.projects();
    return { items: all.filter(({ name }) => caller.everywhere || name === caller.project).map(representProject) };
  });
}

function readRoute(app: App, { access }: Services): void {
  const schema = {
    operationId: 'getProject',
    tags: ['keys'],
    summary: 'Get a project with what it uses',
    params: projectPath,
    querystring: noQuery,
    response: responses({ 200: json('The project.', projectDetailsSchema), 304: unchanged }, 'project-not-found'),
  };
  app.get('/v1/projects/:project', { schema }, async ({ caller, params }, reply) => {
    checkOwn(caller, params.project);
    return showProject(access, reply, await foundProject(access, params.project));
  });
}

function changeRoute(app: App, { access }: Services): void {
  const schema = {
    operationId: 'changeProject',
    tags: ['keys'],
    summary: 'Change the weight and the quotas of a project',
    description:
      'Only a caller of all projects may. Runners take trials of projects in turn, by their weights. A quota that is used up already stops nothing that runs: nothing more is created, or started. Runners learn of a change within seconds. With the ETag of a read as `If-Match`, nothing that others changed since is overwritten.',
    params: projectPath,
    headers: ifMatchHeader,
    querystring: noQuery,
    body: projectChangeSchema,
    response: responses(
      { 200: json('The project with its new values.', projectDetailsSchema) },
      'project-not-found',
      'precondition-failed',
      ...bodyProblems,
    ),
  };
  app.patch('/v1/projects/:project', { schema, config: { scope: 'admin' } }, async (request, reply) => {
    const { project: name } = request.params;
    checkOwn(request.caller, name);
    needEverywhere(request.caller, 'changes projects');
    const { weight, quotas } = workerBody(projectChangeSchema, request.body);
    const set = Object.fromEntries(Object.entries(quotas ?? {}).filter(([, limit]) => limit !== undefined));
    const expected = matchedEditable(request, 'project', editableProject(await foundProject(access, name)));
    const change = { ...(weight !== undefined && { weight }), quotas: set };
    const project = await access.changeProject(name, change, actorOf(request), expected);
    if (project === 'changed') throw changedMeanwhile('project');
    if (!project) throw projectNotFound(name);
    return showProject(access, reply, project);
  });
}

/** @throws HttpProblem `project-not-found` */
async function foundProject(access: Services['access'], name: string): Promise<Project> {
  const project = await access.project(name);
  if (!project) throw projectNotFound(name);
  return project;
}

/** Represents a project with what it uses. Its ETag tells the quotas and the weight from the usage, which changes by itself. */
async function showProject(access: Services['access'], reply: FastifyReply, project: Project): Promise<ProjectDetails> {
  reply.editable = editableProject(project);
  return representProjectDetails(project, await access.projectUsage(project.name));
}

/** @throws HttpProblem `project-not-found` for the project of another */
export function checkOwn(caller: Caller, project: string): void {
  if (!caller.everywhere && project !== caller.project) throw projectNotFound(project);
}

/** @throws HttpProblem `forbidden` */
export function needEverywhere(caller: Caller, does: string): void {
  if (!caller.everywhere) throw new HttpProblem('forbidden', `only a key of all projects ${does}`);
}

export function projectNotFound(project: string): HttpProblem {
  return new HttpProblem('project-not-found', `there is no project ${project}`);
}
