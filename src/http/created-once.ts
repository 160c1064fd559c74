import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CampaignTransaction, CampaignTransactions } from '../campaigns/ports.ts';
import { piecewiseDigestOf } from '../shared/canonical-pieces.ts';
import type { KeyedRequest } from '../studies/ports/transactions.ts';
import { HttpProblem } from './http-problem.ts';
import { callerName, keyOf } from './idempotency-key.ts';
import type { Services } from './services.ts';

/** The work of a request that creates a resource, and the view of that resource. */
export interface Creation {
  /** Path of the collection, such as `/v1/studies`. */
  readonly collection: string;
  /** Creates the resource in one transaction, and returns its id. */
  readonly create: (transactions: CampaignTransactions) => Promise<string>;
  readonly view: (id: string) => Promise<object>;
}

/**
 * Answers 201 with a new resource. If a request with the same Idempotency-Key was carried out within the last day, answers with the
 * resource that it created. The key is stored in the transaction that creates the resource, so that there is never a second one.
 *
 * @throws HttpProblem `key-reused` if the key belongs to a request with another body
 */
export async function createdOnce(
  request: FastifyRequest,
  reply: FastifyReply,
  { reader, transactions }: Pick<Services, 'reader' | 'transactions'>,
  { collection, create, view }: Creation,
): Promise<FastifyReply> {
  const keyed = await requestOf(request);
  const id = await onceUnder(keyed, reader, {
    carryOut: () => {
      const own = transactions.ownedBy({ project: request.caller.project, createdBy: request.caller.keyId });
      return create(keyed ? keeping(own, keyed) : own);
    },
    again: async (earlier) => earlier,
  });
  return reply
    .code(201)
    .header('location', `${collection}/${id}`)
    .send(await view(id));
}

/** A request with its Idempotency-Key; null if it has none. Of its body only the digest is kept, which does not depend on the order of members. */
export async function requestOf(request: FastifyRequest): Promise<KeyedRequest | null> {
  const key = keyOf(request);
  if (key === null) return null;
  return { caller: callerName(request), route: `POST ${request.url}`, key, body: await piecewiseDigestOf(request.body ?? null) };
}

/**
 * Carries out a request, unless one with its key was carried out within the last day.
 *
 * @throws HttpProblem `key-reused` if the key belongs to a request with another body
 */
export async function onceUnder<Result>(
  request: KeyedRequest | null,
  reader: Services['reader'],
  {
    carryOut,
    again,
  }: {
    /** Keeps the request in the transaction that carries it out. */
    readonly carryOut: () => Promise<Result>;
    /** The answer to a repeated request, from what the first one created. */
    readonly again: (resource: string) => Promise<Result>;
  },
): Promise<Result> {
  if (!request) return carryOut();
  const earlier = await carriedOut(reader, request);
  if (earlier !== null) return again(earlier);
  try {
    return await carryOut();
  } catch (error) {
    // The same request was carried out at the same time, and its key refused the second resource.
    const meanwhile = await carriedOut(reader, request);
    if (meanwhile !== null) return again(meanwhile);
    throw error;
  }
}

async function carriedOut(reader: Services['reader'], { caller, route, key, body }: KeyedRequest): Promise<string | null> {
  const kept = await reader.keptRequest({ caller, route, key });
  if (kept && kept.body !== body) throw new HttpProblem('key-reused', 'the Idempotency-Key belongs to a request with another body');
  return kept?.resource ?? null;
}

/** Transactions that keep a request with the first resource that one of them creates. */
function keeping(transactions: CampaignTransactions, request: KeyedRequest): CampaignTransactions {
  return {
    transaction: (work, limits) =>
      transactions.transaction(async (tx) => {
        const made: { id?: string } = {};
        const noting: CampaignTransaction = {
          ...tx,
          insertStudy: (study) => {
            made.id ??= study.id;
            return tx.insertStudy(study);
          },
          insertCampaign: (campaign) => {
            made.id ??= campaign.id;
            return tx.insertCampaign(campaign);
          },
        };
        const result = await work(noting);
        if (made.id !== undefined) await tx.keepRequest({ ...request, resource: made.id });
        return result;
      }, limits),
  };
}
