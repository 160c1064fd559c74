import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { validate } from 'uuid';
import type { TracePoint } from '../shared/trace-point.ts';
import { beginWork, currentTrace, endWork, inTrace, isFollowed, type RequestWork } from '../shared/work.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Followed by those who trace the process; null if nobody does. */
    work: RequestWork | null;
    /** Its place in a trace. */
    tracePoint: TracePoint | null;
  }
}

/** Requests of machines that look at the service: traces of them would hide the others. */
const unfollowed: readonly string[] = ['/healthz', '/readyz', '/metrics'];

/**
 * Lets those who trace the process follow each request from its first hook to its answer. Reading the body leaves the place in the trace
 * that the first hook began, so a later hook enters it again.
 */
export function followRequests(app: FastifyInstance): void {
  app.decorateRequest('work', null);
  app.decorateRequest('tracePoint', null);
  app.addHook('onRequest', (request, _reply, done) => {
    if (!isFollowed('request') || unfollowed.includes(request.routeOptions.url ?? '')) return done();
    const work = workOf(request);
    request.work = work;
    beginWork('request', work, () => {
      request.tracePoint = currentTrace();
      done();
    });
  });
  app.addHook('preValidation', (request, _reply, done) => inTrace(request.tracePoint, done));
}

/** Ends the work of a request. */
export function endRequest({ work }: FastifyRequest, { statusCode }: FastifyReply): void {
  if (work === null) return;
  work.status = statusCode;
  endWork('request', work);
}

/** Notes the studies that a request is about, if its path does not name them. */
export function noteStudies({ work }: FastifyRequest, studies: readonly string[]): void {
  if (work !== null) work.studies = [...new Set(studies)];
}

function workOf({ method, routeOptions, headers, params }: FastifyRequest): RequestWork {
  const { schema } = routeOptions as { readonly schema?: { readonly tags?: readonly string[] } };
  const named = (params ?? {}) as Readonly<Record<string, string | undefined>>; // the parts of the path, none of them checked yet
  const idOf = (name: string): string[] =>
    [named[name]].filter((id) => id !== undefined && validate(id)).map((id) => String(id).toLowerCase());
  const traceparent = headers['traceparent'];
  return {
    method,
    route: routeOptions.url ?? 'none',
    traceparent: typeof traceparent === 'string' ? traceparent : undefined,
    isOfWorker: schema?.tags?.includes('workers') ?? false,
    trial: idOf('trialId')[0] ?? null,
    studies: idOf('studyId'),
    status: null,
  };
}
