import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { AccessStore, AuditTransaction } from '../access/ports.ts';
import type { Readiness } from '../api/service.ts';
import type { CampaignReader, CampaignTransaction, OwnedTransactions } from '../campaigns/ports.ts';
import type { EventFeed } from '../events/ports.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { Capability } from '../objectives/contract.ts';
import type { Asking } from '../studies/actions/asking.ts';
import type { FrontWorker } from '../studies/ports/front-worker.ts';
import type { Planner } from '../studies/ports/planner.ts';
import type { RunnersFor } from '../studies/ports/runners.ts';
import type { Transactions } from '../studies/ports/transactions.ts';
import type { Network } from '../webhooks/networks.ts';
import type { WebhookStore } from '../webhooks/ports.ts';
import type { StreamLimits } from './event-streams.ts';
import type { Exposure } from './exposure.ts';
import type { HostNames } from './site-checks.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** Cuts keys and the operator's key from a text that leaves the process. */
    withoutSecrets(text: string): string;
  }
}

/** Transactions of studies and campaigns that can record who asked for them. */
export type RecordingTransactions = Transactions<CampaignTransaction & AuditTransaction> & Pick<OwnedTransactions, 'ownedBy'>;

/** Dependencies of the API. */
export interface Services {
  readonly transactions: RecordingTransactions;
  /** Keys and projects. */
  readonly access: AccessStore;
  readonly reader: CampaignReader;
  /** Recomputes the suggestions of slow samplers, for imports and verifications. */
  readonly planner: Planner;
  /** Ranks the results of studies with several metrics again, for verifications. */
  readonly fronts: FrontWorker;
  /** Checks that the database answers and has all migrations, and counts the live runners. Never throws. */
  readonly readiness: () => Promise<Readiness>;
  /** Counts the living runners, and those that can evaluate an objective. */
  readonly runnersFor: (objective: Capability) => Promise<RunnersFor>;
  /** The measurements of this process. */
  readonly metrics: Pick<Metrics, 'contentType' | 'text'>;
  /** Version of the software. */
  readonly version: string;
  /** Host names under which clients reach the service; absent: none are configured. */
  readonly hosts?: HostNames;
  /** The way in which others reach the service; absent: as `defaultExposure` says. */
  readonly exposure?: Exposure;
  /** The key with which a request may do everything; absent: none. */
  readonly key?: string;
  /** True if only programs of this machine reach the service: it answers to all of them until the first key is made. */
  readonly isLocal: boolean;
  /** Serves the workers of clients. */
  readonly asking: Asking;
  /** The events of all studies and campaigns, for other services. */
  readonly feed: EventFeed;
  /** Limits of the streams of events in place of the usual ones. */
  readonly streamLimits?: Partial<StreamLimits>;
  /** Webhooks, the networks beside the public ones that they may be sent to, and what wakes the sending of this process. */
  readonly webhooks: { readonly store: WebhookStore; readonly allowed: readonly Network[]; readonly wake: () => void };
  /** Draws a seed for a study without one: a whole number from 0 to 2^53 − 1. */
  readonly drawSeed: () => number;
}

/** The Fastify application, typed by zod schemas. */
export type App = FastifyInstance<RawServerDefault, IncomingMessage, ServerResponse, FastifyBaseLogger, ZodTypeProvider>;
