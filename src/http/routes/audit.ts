import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { auditActionSchema } from '../../access/audit.ts';
import { auditPageSchema, representAuditEntry } from '../../api/audit.ts';
import { pageQuery } from '../../api/page.ts';
import { isOfAllProjects } from '../access-checks.ts';
import { keyOf, pageResponse } from '../cursor.ts';
import { json, responses, unchanged } from '../responses.ts';
import type { App, Services } from '../services.ts';
import { momentSchema } from './list-query.ts';

const auditQuery = z.strictObject({
  action: auditActionSchema.optional(),
  target: z.string().min(1).max(200).optional().describe('Id or name: only entries of this target.'),
  key: z.uuid().optional().describe('Id of a key: only what was done with it.'),
  person: z.string().min(1).max(200).optional().describe('Only what this person did.'),
  since: momentSchema.optional().describe('Only entries from this time on.'),
  until: momentSchema.optional().describe('Only entries before this time.'),
  ...pageQuery,
});

/** Adds the route that reads the audit log. */
export function auditRoutes(app: App, { access }: Services): void {
  const schema = {
    operationId: 'listAuditEntries',
    tags: ['keys'],
    summary: 'List who changed access, or ended or deleted something',
    description:
      'Newest first: keys that were made and revoked, projects that were created, changed or erased, webhooks that were made, changed or deleted, studies and campaigns that were cancelled or deleted; with the caller, its address and the id of its request. Entries are stored with the change, and are never changed or deleted. Those of the project; a key of all projects lists those of all, unless the header Clavier-Project names one.',
    querystring: auditQuery,
    response: responses({ 200: json('A page of entries.', auditPageSchema), 304: unchanged }, 'invalid-cursor'),
  };
  app.get('/v1/audit', { schema, config: { scope: 'admin' } }, async (request) => {
    const { action, target, key: keyId, person, since, until, limit, cursor } = request.query;
    const project = isOfAllProjects(request) ? null : request.caller.project;
    const scope = { list: 'audit', filters: { project: project ?? undefined, action, target, keyId, person, since, until } };
    const page = await access.audit({
      ...{ project, action, target: target?.toLowerCase(), keyId, person, limit },
      since: await beginningOf(access, request, since),
      until: until === undefined ? undefined : new Date(until),
      after: keyOf(cursor, scope, z.uuid()),
    });
    return pageResponse(page, scope, representAuditEntry);
  });
}

/** A key of a project sees no entry of an earlier project of that name, which was erased. */
async function beginningOf(access: Services['access'], { caller }: FastifyRequest, since: string | undefined): Promise<Date | undefined> {
  const wanted = since === undefined ? undefined : new Date(since);
  const created = caller.everywhere ? undefined : (await access.project(caller.project))?.createdAt;
  return wanted && created ? new Date(Math.max(wanted.getTime(), created.getTime())) : (wanted ?? created);
}
