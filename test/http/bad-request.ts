import type { InjectOptions } from 'fastify';

/** A request that must be refused: with this code, and (where it is given) with a violation at this pointer or parameter. */
export interface BadRequest {
  readonly title: string;
  readonly request: InjectOptions & { readonly url: string };
  readonly code: string;
  readonly at?: string;
}
