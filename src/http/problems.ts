import { type ProblemCode, problemCodes } from '../api/problem.ts';
import { askedForAtMost } from '../webhooks/delivery.ts';
import { webhooksAtMost } from '../webhooks/webhook.ts';
import { bodyLimits, inMebibytes } from './body-limits.ts';
import { wrongKeysPerMinute } from './exposure.ts';

/** One kind of problem: its status, its title and an explanation for the client. */
export interface ProblemKind {
  readonly status: number;
  readonly title: string;
  readonly explanation: string;
}

/**
 * All problems of the API. The responses, the OpenAPI document and the pages below /problems are built from this table. A code
 * never changes its meaning.
 */
export const problemKinds = {
  'malformed-http': {
    status: 400,
    title: 'The request is not HTTP',
    explanation:
      'The server could not read the request: it has an invalid request line, header or length, or no header Host, or its body ends too early. Check what the client sends.',
  },
  'malformed-url': {
    status: 400,
    title: 'The address cannot be decoded',
    explanation:
      'A percent sign in the path or the query is not followed by the two digits of a UTF-8 byte. Encode each part of an address before you join them.',
  },
  'malformed-json': {
    status: 400,
    title: 'The body is not JSON',
    explanation: 'The body must be one JSON value in UTF-8 (RFC 8259). NaN, comments and trailing commas are not allowed.',
  },
  unauthorized: {
    status: 401,
    title: 'The service wants a key',
    explanation:
      'A service that others can reach, or that has keys, answers only to requests with a key as a bearer token: `Authorization: Bearer KEY`. The commands and clients of this project send the CLAVIER_KEY of their own environment. `clavier key create` makes a key where the database can be reached, an admin key by POST /v1/keys. A key can expire and be revoked. /healthz and /readyz need none.',
  },
  forbidden: {
    status: 403,
    title: 'The key may not do this',
    explanation:
      'A key has rights: `read`, `write` (which includes `read`), `work` and `admin` (which includes all), in one project or in all. Use a key that has the right which `detail` names.',
  },
  'cross-site-request': {
    status: 403,
    title: 'A page of another site may not change anything',
    explanation:
      'A browser sent this request for a page of another origin: `Sec-Fetch-Site` or `Origin` says so. The service has no password, so any page could cancel a study that way. Programs send neither header and are not affected; the page at /docs works too. Where your own page has another origin, list its host in the setting CLAVIER_ALLOWED_HOSTS, or its origin in CLAVIER_CORS_ORIGINS if it may read the answers as well.',
  },
  'route-not-found': {
    status: 404,
    title: 'There is nothing at this address',
    explanation: 'No operation has this path. Paths do not end with a slash; /docs lists them all.',
  },
  'study-not-found': {
    status: 404,
    title: 'There is no such study',
    explanation: 'No study has this id: it never existed, or it was deleted. GET /v1/studies lists all studies.',
  },
  'campaign-not-found': {
    status: 404,
    title: 'There is no such campaign',
    explanation: 'No campaign has this id: it never existed, or it was deleted. GET /v1/campaigns lists all campaigns.',
  },
  'trial-not-found': {
    status: 404,
    title: 'There is no such trial',
    explanation:
      'No trial has this id. Trials are deleted together with their study. GET /v1/studies/{studyId}/trials lists the trials of a study.',
  },
  'project-not-found': {
    status: 404,
    title: 'There is no such project',
    explanation:
      'No project has this name. An admin key of all projects creates one by POST /v1/projects, the command line by `clavier project create`.',
  },
  'key-not-found': {
    status: 404,
    title: 'There is no such key',
    explanation: 'No key of this project has this id. GET /v1/keys lists them.',
  },
  'webhook-not-found': {
    status: 404,
    title: 'There is no such webhook',
    explanation: 'No webhook of this project has this id. GET /v1/webhooks lists them.',
  },
  'delivery-not-found': {
    status: 404,
    title: 'There is no such delivery',
    explanation:
      'The webhook has no delivery of this id. Deliveries are deleted after the days of CLAVIER_EVENT_DAYS. GET /v1/webhooks/{webhookId}/deliveries lists them.',
  },
  'too-many-webhooks': {
    status: 409,
    title: 'The project has as many webhooks as it may have',
    explanation: `A project has at most ${webhooksAtMost} webhooks. Delete one that is no longer used, or let one receiver pass events on.`,
  },
  'webhook-disabled': {
    status: 409,
    title: 'The webhook is disabled',
    explanation:
      'A disabled webhook sends nothing but pings. Enable it by PATCH /v1/webhooks/{webhookId} with `{ "state": "enabled" }`, then send the delivery again.',
  },
  'too-many-deliveries': {
    status: 409,
    title: 'Too many pings and redeliveries of the webhook wait',
    explanation: `Of a webhook at most ${askedForAtMost} pings and redeliveries wait at a time. Nothing was stored. Wait until some are sent: GET /v1/webhooks/{webhookId}/deliveries?state=pending lists what waits, each with the reason for which it failed.`,
  },
  'project-exists': {
    status: 409,
    title: 'There is a project of this name',
    explanation: 'Names of projects are unique, and projects are never renamed. Take another name.',
  },
  'project-in-use': {
    status: 409,
    title: 'The project has open studies or campaigns',
    explanation:
      'A project is erased only when nothing in it works: cancel its active and paused campaigns and studies first. `detail` says how many there are.',
  },
  'project-erasing': {
    status: 409,
    title: 'The project is being erased',
    explanation: 'All that the project has is being deleted, so that nothing can be created in it. `default` can be used again afterwards.',
  },
  'preset-not-found': {
    status: 404,
    title: 'There is no such preset',
    explanation: 'No preset has this name. GET /v1/presets lists those of studies and campaigns.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'This address does not support that method',
    explanation: 'The path exists, but not with this method. The header Allow lists the supported methods.',
  },
  'request-timeout': {
    status: 408,
    title: 'The request took too long to arrive',
    explanation:
      'A request, including its body, must arrive within 5 minutes, its headers within one. The connection is closed; send the request again.',
  },
  'state-conflict': {
    status: 409,
    title: 'The state of the study, campaign or trial does not allow this',
    explanation:
      'A trial that has a result keeps it; one that failed or was cancelled takes none. An active study or campaign can be paused or cancelled, a paused one resumed or cancelled; one that has ended never changes again, unless its budget is raised. The member `state` has the current state.',
  },
  'study-not-ended': {
    status: 409,
    title: 'The study has not ended',
    explanation: 'Only a study that has ended can be deleted. Cancel it first. The member `state` has the current state.',
  },
  'study-in-campaign': {
    status: 409,
    title: 'The study is a part of a campaign',
    explanation:
      'A part of a campaign cannot be deleted, extended or changed by itself, because the winner and the report of the campaign depend on it. Delete the campaign, and its studies are deleted with it; create another campaign, or a study of its own, for a longer search.',
  },
  'campaign-not-ended': {
    status: 409,
    title: 'The campaign has not ended',
    explanation: 'Only a campaign that has ended can be deleted. Cancel it first. The member `state` has the current state.',
  },
  'not-external': {
    status: 409,
    title: 'The trials of the study are not for workers of clients',
    explanation:
      'Only a study whose objective is `external` gives its trials to workers that ask for them. The trials of all others are evaluated by the runners of the service.',
  },
  'stale-token': {
    status: 409,
    title: 'The token does not hold the trial',
    explanation:
      'The lease ended, the trial was settled or cancelled, or the trial was never given out under this token. Stop the evaluation and ask for another trial. A result may still be delivered to `complete` under any token that the trial was given out under. The member `state` has the state of the trial.',
  },
  'step-reported': {
    status: 409,
    title: 'The step was reported with other values',
    explanation: 'Each attempt of a trial has each step once. The same values again are accepted and change nothing.',
  },
  'winner-not-known': {
    status: 409,
    title: 'The campaign has no winner yet, or will never have one',
    explanation:
      'The winner is known once the searches, and the final if there is one, have ended with at least one completed trial. The member `state` has the state of the campaign. While it is active or paused, try again later; a campaign that ended before that has no winner. Until then, GET /v1/campaigns/{campaignId} shows the best trial of each part.',
  },
  'precondition-failed': {
    status: 412,
    title: 'The resource has changed',
    explanation:
      'The header `If-Match` names no ETag that the resource has now: it has changed since you read it. Read it again, and send the change with its new ETag if you still want it. A study that is active changes with every trial; deliveries do not count as changes of a webhook, nor usage as one of a project.',
  },
  'payload-too-large': {
    status: 413,
    title: 'The body is too large',
    explanation: `A body may have: for POST /v1/studies and POST /v1/campaigns at most ${inMebibytes(bodyLimits.definition)}, for POST /v1/studies/import and POST /v1/campaigns/import at most ${inMebibytes(bodyLimits.import)}, otherwise at most ${inMebibytes(bodyLimits.other)}. Leave out spaces and line breaks between values; split a long list of points over several studies.`,
  },
  'unsupported-media-type': {
    status: 415,
    title: 'The body has the wrong type',
    explanation: 'Bodies must be JSON. Send them with the header `content-type: application/json`, uncompressed.',
  },
  'expectation-failed': {
    status: 417,
    title: 'The expectation cannot be met',
    explanation: 'The service supports only the value 100-continue of the header Expect. Omit the header.',
  },
  'host-not-allowed': {
    status: 421,
    title: 'The service does not answer to this host name',
    explanation:
      'A service that listens on a loopback address answers to localhost, to IP addresses and to the name in CLAVIER_HOST, on any port, so that no other site can make its own name point here. For a reverse proxy or a name of your own, list the names in the setting CLAVIER_ALLOWED_HOSTS, separated by commas: `tuning.example, *.internal`; `*` allows all. Once it is set, it holds on any address.',
  },
  'invalid-request': {
    status: 422,
    title: 'The request is invalid',
    explanation:
      'A parameter of the path or the query is unknown or out of range, or the body contains something that is never allowed: a number too large for a double, a negative zero, U+0000 or half a surrogate pair, keys that are used for attacks, nesting deeper than 32 levels, more than 250,000 values (8,000,000 in an import). The member `errors` lists every error.',
  },
  'invalid-study': {
    status: 422,
    title: 'The study definition is invalid',
    explanation:
      'The member `errors` lists every error with a JSON pointer into the definition (for a preset: into the definition that it expands to). Checks between fields leave out invalid fields.',
  },
  'invalid-campaign': {
    status: 422,
    title: 'The campaign definition is invalid',
    explanation:
      'The member `errors` lists every error with a JSON pointer into the definition (for a preset: into the definition that it expands to). Checks between fields leave out invalid fields.',
  },
  'invalid-document': {
    status: 422,
    title: 'The document cannot be imported',
    explanation:
      'The member `errors` lists every error with a JSON pointer into the request. A document must be an export of this format, from versions of sampler and objective that this service has. Every suggestion and every study checkpoint in it, and every part and the winner of a campaign, must follow from its own definition and results; this is checked once every field is valid.',
  },
  'invalid-fork': {
    status: 422,
    title: 'The study cannot be forked like this',
    explanation:
      'The member `errors` lists every error with a JSON pointer into the request. A fork keeps complete generations, or, for a search without generations, results without a gap from the first; its budget must cover them, and with another seed leave something to search. An error with an empty pointer is about the study, such as versions of sampler or objective that this service does not have.',
  },
  'invalid-change': {
    status: 422,
    title: 'The study or campaign cannot be changed like this',
    explanation:
      'The member `errors` lists every error with a JSON pointer into the request. A budget can only be raised: each limit must be above the present one, a target better than the present one, and null removes a limit if another remains. A study that ended needs a budget that leaves something to do. The parallelism cannot change where it decides what a suggestion sees.',
  },
  'invalid-cursor': {
    status: 422,
    title: 'The cursor does not belong to this list',
    explanation:
      'A cursor must be the unchanged `nextCursor` of a page of the same list with the same filters. Start again without a cursor.',
  },
  'not-comparable': {
    status: 422,
    title: 'The studies cannot be compared',
    explanation:
      'Values compare only if they are of the same metric and task: the studies must have the same objective, optimise the same metric of it in the same direction, and agree in the options that determine what is measured, such as the dataset or the function. The detail names the difference.',
  },
  'key-reused': {
    status: 422,
    title: 'The key belongs to another request',
    explanation:
      'An `Idempotency-Key` stands for one request: sent again with the same body within a day, it is answered with what the first one created. Another body needs another key.',
  },
  'rate-limited': {
    status: 429,
    title: 'Too many requests',
    explanation: `A process of the service answers a limited number of requests a minute to each key, and to each address that sends none (setting CLAVIER_RATE_LIMIT). The headers RateLimit-Limit, RateLimit-Remaining and RateLimit-Reset of every limited answer say how many, how many are left, and in how many seconds the minute is over. An address that sends ${wrongKeysPerMinute} wrong keys within a minute has to wait as well, unless its key was right before. Try again after the number of seconds in the header Retry-After. Nothing was changed.`,
  },
  'too-many-streams': {
    status: 429,
    title: 'Too many streams of events are open for the key or the address',
    explanation:
      'A process sends a limited number of streams of events at a time to each key, and to each address that sends none (setting CLAVIER_STREAM_LIMIT). Close streams that you do not need: one of GET /v1/events can take the place of many of single studies. Try again after the number of seconds in the header Retry-After: a stream whose client is gone counts until the service has noticed it. `after` or Last-Event-ID gives you what happened meanwhile.',
  },
  'quota-exceeded': {
    status: 429,
    title: 'A quota of the project is used up',
    explanation:
      'A project may have quotas: `openStudies`, `trialsPerDay` (from midnight to midnight UTC), `storedBytes` and `slots`. `detail` says which one is used up and how much is used. Nothing was changed. With the header Retry-After the same request may succeed after that time. GET /v1/projects/{project} shows quotas and usage; an administrator of all projects changes them.',
  },
  'headers-too-large': {
    status: 431,
    title: 'The headers are too large',
    explanation: 'The request line and the headers together may have at most 16 KiB.',
  },
  'internal-error': {
    status: 500,
    title: 'The service has an internal error',
    explanation:
      'The error is in the service, not in the request. The service logs the cause under the request id, which is the `instance` of the problem.',
  },
  'unreadable-record': {
    status: 501,
    title: 'This release cannot read what is stored',
    explanation:
      'A newer release of Clavier stored the study, campaign or trial in a form that this service does not know: during an upgrade, ask a service of the newer release. If there is none, the stored text was changed; the log has the place under the request id that is the `instance` of the problem. Lists show it, and nothing else is affected.',
  },
  'exports-busy': {
    status: 503,
    title: 'Too many exports are being sent',
    explanation:
      'A service sends four exports at a time, because each needs a connection to the database until the client has read it. Try again after the number of seconds in the header Retry-After. Other requests are not affected.',
  },
  'streams-busy': {
    status: 503,
    title: 'Too many streams of events are open',
    explanation:
      'A process sends a limited number of streams of events at a time, and opens none while it stops. Try again after the number of seconds in the header Retry-After; `after` or Last-Event-ID gives you what happened meanwhile. Close streams that you do not need: one of GET /v1/events can take the place of many of single studies.',
  },
  'service-unavailable': {
    status: 503,
    title: 'The database cannot be reached',
    explanation:
      'The service has lost its database, or waits for it to start. Try again after the number of seconds in the header Retry-After. A change is stored completely or not at all. If the connection broke just before the response, the change may have been stored, so check before you send it again.',
  },
} as const satisfies Record<ProblemCode, ProblemKind>;

/** True if the table has the code. */
export function isProblemCode(code: string): code is ProblemCode {
  return problemCodes.some((known) => known === code);
}
