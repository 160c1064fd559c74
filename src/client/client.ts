import type { CampaignRepresentation } from '../api/campaign.ts';
import type { CampaignSummaryRepresentation } from '../api/campaign-list.ts';
import type { CampaignDryRun, CampaignRequest } from '../api/campaign-request.ts';
import type { CampaignChangeRequest, ChangeRequest, ExtensionRequest } from '../api/change-request.ts';
import type { ComparisonRepresentation } from '../api/comparison.ts';
import type { EventRepresentation } from '../api/event.ts';
import type { FeedEventRepresentation } from '../api/feed-event.ts';
import type { ParetoFrontRepresentation } from '../api/front.ts';
import type { CheckpointRepresentation, GenerationRepresentation } from '../api/generation.ts';
import type { CampaignImportRequest, ForkRequest, ImportRequest } from '../api/import.ts';
import type { PresetRepresentation } from '../api/preset.ts';
import type { ReportRepresentation } from '../api/report.ts';
import type { Readiness } from '../api/service.ts';
import type { StudyRepresentation } from '../api/study.ts';
import type { StudySummaryRepresentation } from '../api/study-list.ts';
import type { StudyDryRun, StudyRequest } from '../api/study-request.ts';
import type { RankedTrialRepresentation, TrialDetailRepresentation, TrialRepresentation } from '../api/trial.ts';
import type { CampaignVerificationRepresentation, VerificationRepresentation } from '../api/verification.ts';
import type { FinalistRepresentation, WinnerRepresentation } from '../api/winner.ts';
import { type EventGap, type FollowOptions, follow } from './follow.ts';
import { newKey } from './idempotency-key.ts';
import { type KeyClient, keyMethods } from './keys.ts';
import { type ProjectClient, projectMethods } from './projects.ts';
import { type ClientOptions, type Query, requester } from './request.ts';
import type { RetryOptions } from './retry.ts';
import { type TrialClient, trialMethods } from './trials.ts';
import { type WebhookClient, webhookMethods } from './webhooks.ts';

type StudyState = StudyRepresentation['state'];
type TrialState = TrialRepresentation['state'];

/**
 * Time limit of the requests that take long for a large study: a verification, an import and a fork, which run the search again, and
 * exports, CSV and reports, which have all trials. The service itself gives an export up after this time.
 */
const longSeconds = 600;

/** Filters and order of a list of studies or campaigns, as the query parameters of the same names. Default: all, newest first. */
export interface ListFilter {
  readonly state?: StudyState | readonly StudyState[];
  readonly name?: string;
  /** RFC 3339. */
  readonly createdAfter?: string;
  readonly createdBefore?: string;
  /** `team` or `team=search`. */
  readonly label?: string | readonly string[];
  readonly sort?: 'newest' | 'oldest' | 'updated' | 'name';
}

/** Filters and order of the list of studies. */
export interface StudyListFilter extends ListFilter {
  /** Id of a campaign, or `none`. */
  readonly campaign?: string;
}

/** Waits for a change of a study or campaign. */
export interface WaitOptions<Item> {
  /** Seconds to wait, 0 to 60. Default 0. */
  readonly wait?: number;
  /** The answer of an earlier call. It is returned again if nothing has changed. Without it, a change is one after the call. */
  readonly known?: Item | undefined;
}

/** Options of a request that creates something. Without `retrySeconds` it is sent once. */
export interface CreateOptions extends RetryOptions {
  /** Tells the service that a later call is the same request, for a day: nothing is created twice. Default: a new key for each call. */
  readonly idempotencyKey?: string | undefined;
}

/**
 * The API over HTTP. Lists fetch their pages as they are read. A GET that is answered 503 with Retry-After is sent once more.
 *
 * @throws ProblemError from every method when the service refuses the request
 * @throws fetch's own errors from every method when the service cannot be reached or does not answer in time
 */
export interface Client extends TrialClient, KeyClient, ProjectClient, WebhookClient {
  createStudy(study: StudyRequest, options?: CreateOptions): Promise<StudyRepresentation>;
  /** Estimates a study without storing anything. Creating the returned `spec` gives the study that was estimated. */
  dryRunStudy(study: StudyRequest): Promise<StudyDryRun>;
  listStudies(filter?: StudyListFilter): AsyncIterable<StudySummaryRepresentation>;
  /** With `wait`, returns once the study has changed or has ended, at the latest after that time. */
  getStudy(studyId: string, options?: WaitOptions<StudyRepresentation>): Promise<StudyRepresentation>;
  pause(studyId: string): Promise<StudyRepresentation>;
  resume(studyId: string): Promise<StudyRepresentation>;
  cancel(studyId: string): Promise<StudyRepresentation>;
  /** Deletes an ended study. */
  deleteStudy(studyId: string): Promise<void>;
  listTrials(studyId: string, filter?: { state?: TrialState; generation?: number }): AsyncIterable<TrialRepresentation>;
  leaderboard(studyId: string, limit?: number): Promise<readonly RankedTrialRepresentation[]>;
  /**
   * The Pareto front of a study with several metrics, at most `limit` (default 50, at most 200) of its trials.
   *
   * @param options `reference`: reference point of the hypervolume, a number for each metric; default: the worst values of the trials
   */
  front(studyId: string, options?: { readonly limit?: number; readonly reference?: readonly number[] }): Promise<ParetoFrontRepresentation>;
  generations(studyId: string): AsyncIterable<GenerationRepresentation>;
  /** The stored states of the sampler. */
  checkpoints(studyId: string): AsyncIterable<CheckpointRepresentation>;
  /** The event log, in order. */
  events(studyId: string): AsyncIterable<EventRepresentation>;
  /** Events as they happen, of the logs, of trials and of campaigns, each once and in order, also over a restart of the service. Does not end. */
  follow(options?: FollowOptions): AsyncIterable<FeedEventRepresentation | EventGap>;
  /** Checks that the study follows from its definition and its results. May take minutes for a very large study. */
  verifyStudy(studyId: string): Promise<VerificationRepresentation>;
  /** Returns the canonical text, byte for byte. `provenance` (default true) includes the origin of the results. */
  exportStudy(studyId: string, options?: { readonly provenance?: boolean }): Promise<string>;
  /** Creates a study from an export. The service replays the search and compares it first, which may take minutes. */
  importStudy(request: ImportRequest, options?: CreateOptions): Promise<StudyRepresentation>;
  /** Creates a study that keeps the first results of another one on the service. The search is replayed first, which may take minutes. */
  forkStudy(studyId: string, request: ForkRequest, options?: CreateOptions): Promise<StudyRepresentation>;
  /** Raises the budget of a study, also of one that ended by it. */
  extendStudy(studyId: string, request: ExtensionRequest, options?: CreateOptions): Promise<StudyRepresentation>;
  /** Changes labels (all of them), priority or parallelism of a study. */
  changeStudy(studyId: string, request: ChangeRequest): Promise<StudyRepresentation>;
  getTrial(trialId: string): Promise<TrialDetailRepresentation>;
  /** Creates a campaign from an export. The service replays all its searches and compares them first, which may take minutes. */
  importCampaign(request: CampaignImportRequest, options?: CreateOptions): Promise<CampaignRepresentation>;
  /** Every named definition of a study or a campaign. */
  presets(): Promise<readonly PresetRepresentation[]>;
  createCampaign(campaign: CampaignRequest, options?: CreateOptions): Promise<CampaignRepresentation>;
  /** Estimates a campaign without storing anything. Creating the returned `spec` gives the campaign that was estimated. */
  dryRunCampaign(campaign: CampaignRequest): Promise<CampaignDryRun>;
  listCampaigns(filter?: ListFilter): AsyncIterable<CampaignSummaryRepresentation>;
  /** With `wait`, returns once the campaign has changed or has ended, at the latest after that time. */
  getCampaign(campaignId: string, options?: WaitOptions<CampaignRepresentation>): Promise<CampaignRepresentation>;
  pauseCampaign(campaignId: string): Promise<CampaignRepresentation>;
  resumeCampaign(campaignId: string): Promise<CampaignRepresentation>;
  cancelCampaign(campaignId: string): Promise<CampaignRepresentation>;
  /** Changes the labels of a campaign. */
  changeCampaign(campaignId: string, request: CampaignChangeRequest): Promise<CampaignRepresentation>;
  /** Deletes an ended campaign and all its studies. */
  deleteCampaign(campaignId: string): Promise<void>;
  /** `curves` (default false) includes the points of the curves. @throws ProblemError `winner-not-known` until the searches and the final have ended */
  winner(campaignId: string, options?: { readonly curves?: boolean }): Promise<WinnerRepresentation>;
  /** The configurations that are evaluated on held-out data, the winner first; empty until the winner is known. */
  finalists(campaignId: string, options?: { readonly curves?: boolean }): Promise<readonly FinalistRepresentation[]>;
  /** Checks that the campaign and all its parts follow from their definitions and results. May take minutes for a very large campaign. */
  verifyCampaign(campaignId: string): Promise<CampaignVerificationRepresentation>;
  /** Returns the canonical text, byte for byte. `provenance` (default true) includes the origin of the results. */
  exportCampaign(campaignId: string, options?: { readonly provenance?: boolean }): Promise<string>;
  campaignReport(campaignId: string): Promise<ReportRepresentation>;
  /** A self-contained page. */
  campaignReportHtml(campaignId: string): Promise<string>;
  /** All trials of all parts. */
  campaignTrialsCsv(campaignId: string): Promise<string>;
  studyReport(studyId: string): Promise<ReportRepresentation>;
  /** A self-contained page. */
  studyReportHtml(studyId: string): Promise<string>;
  /** Compares 2 to 10 studies that optimise the same metric. */
  compare(studyIds: readonly string[]): Promise<ComparisonRepresentation>;
  /** The same as a self-contained page. */
  compareHtml(studyIds: readonly string[]): Promise<string>;
  /** All trials of a study. */
  trialsCsv(studyId: string): Promise<string>;
  /** The service's readiness. A 503 is returned as an answer, not thrown. */
  readiness(): Promise<Readiness>;
}

/** Time for the answer itself after a wait. */
const answerSeconds = 30;

function provenanceQuery({ provenance = true }: { readonly provenance?: boolean } = {}): Query {
  return provenance ? {} : { provenance: 'false' };
}

function curvesQuery(options: { readonly curves?: boolean } = {}): Query {
  return { curves: options.curves === true ? 'true' : undefined };
}

/** Creates a client. It sends nothing before a method is called. */
export function createClient(options: ClientOptions): Client {
  const requests = requester(options);
  const { json, unlessKnown, text, none, pages } = requests;
  /** Entity tags of what was returned. */
  const tags = new WeakMap<object, string>();
  const study = (studyId: string, rest = ''): string => `/v1/studies/${encodeURIComponent(studyId)}${rest}`;
  const campaign = (campaignId: string, rest = ''): string => `/v1/campaigns/${encodeURIComponent(campaignId)}${rest}`;

  async function changed<Item extends object>(path: string, { wait = 0, known }: WaitOptions<Item> = {}): Promise<Item> {
    const waiting = wait === 0 ? {} : { query: { wait }, timeoutSeconds: wait + answerSeconds };
    const { answer, etag } = await unlessKnown<Item>({ path, ...waiting, ifNoneMatch: known && tags.get(known) });
    const item = answer ?? known;
    if (item === undefined) throw new TypeError('the answer was 304 to a request without If-None-Match');
    if (etag !== null) tags.set(item, etag);
    return item;
  }

  function create<Item>(
    call: { path: string; body: object; timeoutSeconds?: number },
    { idempotencyKey = newKey(), retrySeconds = 0, ...retry }: CreateOptions = {},
  ): Promise<Item> {
    return json({ method: 'POST', ...call, idempotencyKey, retry: { ...retry, retrySeconds } });
  }

  return {
    createStudy: (body, options) => create({ path: '/v1/studies', body: { ...body, dryRun: false } }, options),
    dryRunStudy: (body) => json({ method: 'POST', path: '/v1/studies', body: { ...body, dryRun: true } }),
    listStudies: (filter = {}) => pages('/v1/studies', { ...filter }),
    getStudy: (studyId, options) => changed(study(studyId), options),
    pause: (studyId) => json({ method: 'POST', path: study(studyId, '/pause') }),
    resume: (studyId) => json({ method: 'POST', path: study(studyId, '/resume') }),
    cancel: (studyId) => json({ method: 'POST', path: study(studyId, '/cancel') }),
    deleteStudy: (studyId) => none({ method: 'DELETE', path: study(studyId) }),
    listTrials: (studyId, filter = {}) => pages(study(studyId, '/trials'), filter),
    front: (studyId, { limit, reference } = {}) =>
      json({ path: study(studyId, '/front'), query: { limit, reference: reference?.join(',') } }),
    leaderboard: async (studyId, limit) =>
      (await json<{ items: RankedTrialRepresentation[] }>({ path: study(studyId, '/leaderboard'), query: { limit } })).items,
    generations: (studyId) => pages(study(studyId, '/generations'), {}),
    checkpoints: (studyId) => pages(study(studyId, '/checkpoints'), {}),
    events: (studyId) => pages(study(studyId, '/events'), {}),
    follow: (given) => follow(options, given),
    verifyStudy: (studyId) => json({ method: 'POST', path: study(studyId, '/verify'), timeoutSeconds: longSeconds }),
    exportStudy: (studyId, options) =>
      text({ path: study(studyId, '/export'), query: provenanceQuery(options), timeoutSeconds: longSeconds }),
    importStudy: (body, options) => create({ path: '/v1/studies/import', body, timeoutSeconds: longSeconds }, options),
    forkStudy: (studyId, body, options) => create({ path: study(studyId, '/fork'), body, timeoutSeconds: longSeconds }, options),
    extendStudy: (studyId, body, options) => create({ path: study(studyId, '/extend'), body }, options),
    changeStudy: (studyId, body) => json({ method: 'PATCH', path: study(studyId), body }),
    getTrial: (trialId) => json({ path: `/v1/trials/${encodeURIComponent(trialId)}` }),
    presets: async () => (await json<{ items: PresetRepresentation[] }>({ path: '/v1/presets' })).items,
    createCampaign: (body, options) => create({ path: '/v1/campaigns', body: { ...body, dryRun: false } }, options),
    dryRunCampaign: (body) => json({ method: 'POST', path: '/v1/campaigns', body: { ...body, dryRun: true } }),
    listCampaigns: (filter = {}) => pages('/v1/campaigns', { ...filter }),
    getCampaign: (campaignId, options) => changed(campaign(campaignId), options),
    pauseCampaign: (campaignId) => json({ method: 'POST', path: campaign(campaignId, '/pause') }),
    resumeCampaign: (campaignId) => json({ method: 'POST', path: campaign(campaignId, '/resume') }),
    cancelCampaign: (campaignId) => json({ method: 'POST', path: campaign(campaignId, '/cancel') }),
    changeCampaign: (campaignId, body) => json({ method: 'PATCH', path: campaign(campaignId), body }),
    deleteCampaign: (campaignId) => none({ method: 'DELETE', path: campaign(campaignId) }),
    winner: (campaignId, options) => json({ path: campaign(campaignId, '/winner'), query: curvesQuery(options) }),
    finalists: async (campaignId, options) =>
      (await json<{ items: FinalistRepresentation[] }>({ path: campaign(campaignId, '/finalists'), query: curvesQuery(options) })).items,
    verifyCampaign: (campaignId) => json({ method: 'POST', path: campaign(campaignId, '/verify'), timeoutSeconds: longSeconds }),
    exportCampaign: (campaignId, options) =>
      text({ path: campaign(campaignId, '/export'), query: provenanceQuery(options), timeoutSeconds: longSeconds }),
    importCampaign: (body, options) => create({ path: '/v1/campaigns/import', body, timeoutSeconds: longSeconds }, options),
    campaignReport: (campaignId) => json({ path: campaign(campaignId, '/report'), timeoutSeconds: longSeconds }),
    campaignReportHtml: (campaignId) => text({ path: campaign(campaignId, '/report.html'), timeoutSeconds: longSeconds }),
    campaignTrialsCsv: (campaignId) => text({ path: campaign(campaignId, '/trials.csv'), timeoutSeconds: longSeconds }),
    studyReport: (studyId) => json({ path: study(studyId, '/report'), timeoutSeconds: longSeconds }),
    studyReportHtml: (studyId) => text({ path: study(studyId, '/report.html'), timeoutSeconds: longSeconds }),
    compare: (studyIds) => json({ path: '/v1/compare', query: { study: studyIds }, timeoutSeconds: longSeconds }),
    compareHtml: (studyIds) => text({ path: '/v1/compare.html', query: { study: studyIds }, timeoutSeconds: longSeconds }),
    trialsCsv: (studyId) => text({ path: study(studyId, '/trials.csv'), timeoutSeconds: longSeconds }),
    readiness: () => json({ path: '/readyz', alsoAccept: 503 }),
    ...trialMethods(requests),
    ...keyMethods(requests),
    ...webhookMethods(requests),
    ...projectMethods(requests),
  };
}
