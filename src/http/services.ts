import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Readiness } from '../api/service.ts';
import type { CampaignReader, CampaignTransactions } from '../campaigns/ports.ts';
import type { Planner } from '../studies/ports/planner.ts';
import type { HostNames } from './site-checks.ts';

/** What the API needs of the rest of the service. */
export interface Services {
  readonly transactions: CampaignTransactions;
  readonly reader: CampaignReader;
  /** Makes the suggestions of slow samplers again, for imports and verifications. */
  readonly planner: Planner;
  /** Looks whether the database answers, whether all migrations are applied, and which runners live. It never throws. */
  readonly readiness: () => Promise<Readiness>;
  /** Version of the software. */
  readonly version: string;
  /** The names under which clients reach the service; absent: none are configured. */
  readonly hosts?: HostNames;
  /** A seed for a study that names none: a whole number from 0 to 2^53 − 1. */
  readonly drawSeed: () => number;
}

/** The application with the types of the schemas. */
export type App = FastifyInstance<RawServerDefault, IncomingMessage, ServerResponse, FastifyBaseLogger, ZodTypeProvider>;
