import type { FastifyRequest } from 'fastify';

/**
 * Logs that a study could not be advanced after a request had changed it. The request has succeeded, and the sweep advances the study.
 */
export function faultNote(request: FastifyRequest): (error: unknown) => void {
  return (error) =>
    request.log.error({ err: error }, 'the change is stored, but the study could not be advanced; the sweep will try again');
}
