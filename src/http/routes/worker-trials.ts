import type { FastifyRequest } from 'fastify';
import {
  completeRequestSchema,
  directiveSchema,
  failRequestSchema,
  leaseRequestSchema,
  reportRequestSchema,
  settledSchema,
} from '../../api/ask.ts';
import { representDirective, representSettled } from '../../api/ask-representation.ts';
import { DomainError } from '../../shared/errors.ts';
import type { Asking } from '../../studies/actions/asking.ts';
import { storedValues } from '../../studies/model/reported-values.ts';
import type { Lease } from '../../studies/ports/queue.ts';
import type { SettledTrial, Standing } from '../../studies/ports/workers.ts';
import { bodyProblems, json, responses } from '../responses.ts';
import type { App, Services } from '../services.ts';
import { noQuery } from '../validation.ts';
import { invalidBody, workerBody } from '../worker-body.ts';
import { trialPath } from './parameters.ts';

/** Last characters of a failure's text that are kept: an error's message stands at its end. */
const keptCharacters = 2000;

/** Members that the routes of a held trial share. */
const common = { tags: ['workers'], params: trialPath, querystring: noQuery };
const directive = { 200: json('Continue, or stop with the reason.', directiveSchema) };
const settled = { 200: json('The trial in its new state.', settledSchema) };

/** Adds the routes by which workers keep, report, settle and return the trials that they hold. */
export function workerTrialRoutes(app: App, services: Services): void {
  heartbeatRoute(app, services);
  reportRoute(app, services);
  completeRoute(app, services);
  failRoute(app, services);
  releaseRoute(app, services);
}

function heartbeatRoute(app: App, { asking: { trials } }: Services): void {
  const schema = {
    ...common,
    operationId: 'heartbeat',
    summary: 'Keep a trial',
    description:
      'Renews the lease by its seconds, and says whether to go on. Send one every third of the lease. With `stallSeconds` in the objective, heartbeats alone keep a trial only for so long after its last report.',
    body: leaseRequestSchema,
    response: responses(directive, 'trial-not-found', 'stale-token', ...bodyProblems),
  };
  app.post('/v1/trials/:trialId/heartbeat', { schema, logLevel: 'warn' }, async (request) => {
    const { token } = workerBody(leaseRequestSchema, request.body);
    const answer = await trials.heartbeat(leaseOf(request, token));
    if (answer.kind === 'held' || answer.kind === 'lost') return representDirective(answer);
    throw refusal(request.params.trialId, answer);
  });
}

function reportRoute(app: App, { asking: { trials, dispatcher } }: Services): void {
  const schema = {
    ...common,
    operationId: 'reportTrial',
    summary: 'Report measurements of a trial',
    description:
      'Stores the values of one or several steps, all or none, and renews the lease. Each attempt has each step once: the same report again counts once. A study with a pruner may answer stop: deliver the last step with the result, not with a report, or the pruner judges it too. A step before one that was judged already is not judged.',
    body: reportRequestSchema,
    response: responses(directive, 'trial-not-found', 'stale-token', 'step-reported', ...bodyProblems),
  };
  app.post('/v1/trials/:trialId/reports', { schema, logLevel: 'warn' }, async (request) => {
    const { token, reports } = workerBody(reportRequestSchema, request.body);
    const given = reports.map(({ step, values, checkpoint }) => ({ step, values: storedValues(values), checkpoint: checkpoint ?? null }));
    const answer = await trials.report(leaseOf(request, token), given);
    if (answer.kind === 'held') return representDirective(answer);
    if (answer.kind === 'pruned') dispatcher.settled(answer.studyId);
    // A report whose answer was lost may be the one that stopped the trial.
    if (answer.kind === 'pruned' || (answer.kind === 'lost' && answer.state === 'pruned'))
      return representDirective({ kind: 'lost', state: 'pruned' });
    if (answer.kind === 'contradiction')
      throw new DomainError('step-reported', `step ${answer.step} was reported with other values by this attempt; nothing is stored`);
    throw refusal(request.params.trialId, answer);
  });
}

function completeRoute(app: App, { asking: { trials, dispatcher } }: Services): void {
  const schema = {
    ...common,
    operationId: 'completeTrial',
    summary: 'Deliver the result of a trial',
    description:
      'Without `values`, the last report is the result. An attempt that resumed after the last step has nothing to report, and delivers the values of that checkpoint: the last step is that which the search asks for, or else the highest one that was reported. While the trial is open, any token that it was given out under settles it, also after its lease ended: no finished work is lost. The same result again changes nothing; another one is refused. A value that is not finite is stored as null and ranks last.',
    body: completeRequestSchema,
    response: responses(settled, 'trial-not-found', 'stale-token', 'state-conflict', ...bodyProblems),
  };
  app.post('/v1/trials/:trialId/complete', { schema, logLevel: 'warn' }, async (request) => {
    const { token, values, checkpoint, attributes, links } = workerBody(completeRequestSchema, request.body);
    const result = { values: values ? storedValues(values) : null, checkpoint: checkpoint ?? null };
    const answer = await trials.complete(leaseOf(request, token), { ...result, attributes: attributes ?? null, links: links ?? null });
    if (answer.kind === 'no-value') {
      const detail = values
        ? `must have the metric ${answer.metric}`
        : `is needed: this attempt has no report of the metric ${answer.metric}`;
      throw invalidBody([{ pointer: '/values', detail }]);
    }
    if (answer.kind === 'settled') return representEnd(dispatcher, answer);
    if (answer.kind === 'lost')
      throw new DomainError('state-conflict', `the trial is ${answer.state}; this result is not the one that settled it`, {
        details: { state: answer.state },
      });
    throw refusal(request.params.trialId, answer);
  });
}

function failRoute(app: App, { asking: { trials, dispatcher } }: Services): void {
  const schema = {
    ...common,
    operationId: 'failTrial',
    summary: 'Report a failed attempt',
    description: "Charges an attempt. The trial is given out again while the study's `retries` allow it, unless `retry` is false.",
    body: failRequestSchema,
    response: responses(settled, 'trial-not-found', 'stale-token', ...bodyProblems),
  };
  app.post('/v1/trials/:trialId/fail', { schema, logLevel: 'warn' }, async (request) => {
    const { token, error, retry } = workerBody(failRequestSchema, request.body);
    const answer = await trials.fail(leaseOf(request, token), { error: error.slice(-keptCharacters), retry });
    if (answer.kind === 'settled') return representEnd(dispatcher, answer);
    throw refusal(request.params.trialId, answer);
  });
}

function releaseRoute(app: App, { asking: { trials, dispatcher } }: Services): void {
  const schema = {
    ...common,
    operationId: 'releaseTrial',
    summary: 'Return a trial',
    description: 'Gives the trial back without charging an attempt, for a worker that stops.',
    body: leaseRequestSchema,
    response: responses(settled, 'trial-not-found', 'stale-token', ...bodyProblems),
  };
  app.post('/v1/trials/:trialId/release', { schema, logLevel: 'warn' }, async (request) => {
    const { token } = workerBody(leaseRequestSchema, request.body);
    const answer = await trials.release(leaseOf(request, token));
    if (answer.kind === 'settled') return representEnd(dispatcher, answer);
    throw refusal(request.params.trialId, answer);
  });
}

function leaseOf({ params }: FastifyRequest<{ Params: { trialId: string } }>, token: string): Lease {
  return { trialId: params.trialId.toLowerCase(), token: token.toLowerCase() };
}

/** The search goes on after the answer is known. */
function representEnd(dispatcher: Asking['dispatcher'], trial: SettledTrial) {
  dispatcher.settled(trial.studyId);
  return representSettled(trial);
}

function refusal(trialId: string, standing: Standing): DomainError {
  if (standing.kind === 'unknown-trial') return new DomainError('trial-not-found', `there is no trial ${trialId}`);
  const detail =
    standing.kind === 'unknown-token'
      ? 'the trial was never given out under this token'
      : `the token no longer holds the trial, which is ${standing.state}`;
  return new DomainError('stale-token', detail, { details: { state: standing.state } });
}
