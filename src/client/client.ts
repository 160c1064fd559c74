import type { CampaignRepresentation, CampaignSummaryRepresentation } from '../api/campaign.ts';
import type { CampaignPresetRepresentation } from '../api/campaign-preset.ts';
import type { CampaignDryRun, CampaignRequest } from '../api/campaign-request.ts';
import type { EventRepresentation } from '../api/event.ts';
import type { CheckpointRepresentation, GenerationRepresentation } from '../api/generation.ts';
import type { ImportRequest } from '../api/import.ts';
import type { PresetRepresentation } from '../api/preset.ts';
import type { ReportRepresentation } from '../api/report.ts';
import type { Readiness } from '../api/service.ts';
import type { StudyRepresentation, StudySummaryRepresentation } from '../api/study.ts';
import type { StudyRequest } from '../api/study-request.ts';
import type { RankedTrialRepresentation, TrialDetailRepresentation, TrialRepresentation } from '../api/trial.ts';
import type { CampaignVerificationRepresentation, VerificationRepresentation } from '../api/verification.ts';
import type { FinalistRepresentation, WinnerRepresentation } from '../api/winner.ts';
import { type ClientOptions, type Query, requester } from './request.ts';

type StudyState = StudyRepresentation['state'];
type TrialState = TrialRepresentation['state'];

/** A verification searches once more: as long as its reads may take. */
const verifySeconds = 600;

/**
 * The API over HTTP. Every method throws `ProblemError` when the service refuses, and fetch's own errors when it cannot be
 * reached or does not answer in time. Lists fetch their pages as they are read. What only reads is asked once more where the
 * service answers 503 and says when.
 */
export interface Client {
  createStudy(study: StudyRequest): Promise<StudyRepresentation>;
  listStudies(filter?: { state?: StudyState; name?: string }): AsyncIterable<StudySummaryRepresentation>;
  getStudy(studyId: string): Promise<StudyRepresentation>;
  pause(studyId: string): Promise<StudyRepresentation>;
  resume(studyId: string): Promise<StudyRepresentation>;
  cancel(studyId: string): Promise<StudyRepresentation>;
  /** Deletes a study that ended. */
  deleteStudy(studyId: string): Promise<void>;
  listTrials(studyId: string, filter?: { state?: TrialState; generation?: number }): AsyncIterable<TrialRepresentation>;
  leaderboard(studyId: string, limit?: number): Promise<readonly RankedTrialRepresentation[]>;
  generations(studyId: string): AsyncIterable<GenerationRepresentation>;
  /** The states of the sampler as they were stored. */
  checkpoints(studyId: string): AsyncIterable<CheckpointRepresentation>;
  /** The event log, in order. */
  events(studyId: string): AsyncIterable<EventRepresentation>;
  /** Whether the study is what its definition and its results give. May take minutes for a very large one. */
  verifyStudy(studyId: string): Promise<VerificationRepresentation>;
  /** The canonical text, byte for byte. `provenance` (default true): with where the results come from. */
  exportStudy(studyId: string, options?: { readonly provenance?: boolean }): Promise<string>;
  /** Makes a study of an export, which is searched again and compared first: that may take minutes. */
  importStudy(request: ImportRequest): Promise<StudyRepresentation>;
  getTrial(trialId: string): Promise<TrialDetailRepresentation>;
  /** Every named study definition. */
  presets(): Promise<readonly PresetRepresentation[]>;
  createCampaign(campaign: CampaignRequest): Promise<CampaignRepresentation>;
  /** What a campaign would come to; nothing is stored. Creating its `definition` gives what was estimated. */
  dryRunCampaign(campaign: CampaignRequest): Promise<CampaignDryRun>;
  listCampaigns(filter?: { state?: StudyState; name?: string }): AsyncIterable<CampaignSummaryRepresentation>;
  getCampaign(campaignId: string): Promise<CampaignRepresentation>;
  pauseCampaign(campaignId: string): Promise<CampaignRepresentation>;
  resumeCampaign(campaignId: string): Promise<CampaignRepresentation>;
  cancelCampaign(campaignId: string): Promise<CampaignRepresentation>;
  /** Deletes a campaign that ended, with all its studies. */
  deleteCampaign(campaignId: string): Promise<void>;
  /** `winner-not-known` is thrown until the searches and the final ended. */
  winner(campaignId: string): Promise<WinnerRepresentation>;
  /** What is evaluated on the test split, the winner first; empty until it is known. */
  finalists(campaignId: string): Promise<readonly FinalistRepresentation[]>;
  /** Whether the campaign and all its parts are what their definitions and results give. May take minutes for a very large one. */
  verifyCampaign(campaignId: string): Promise<CampaignVerificationRepresentation>;
  /** The canonical text, byte for byte. `provenance` (default true): with where the results come from. */
  exportCampaign(campaignId: string, options?: { readonly provenance?: boolean }): Promise<string>;
  /** Every named campaign definition. */
  campaignPresets(): Promise<readonly CampaignPresetRepresentation[]>;
  campaignReport(campaignId: string): Promise<ReportRepresentation>;
  /** A page that needs nothing else. */
  campaignReportHtml(campaignId: string): Promise<string>;
  /** All trials of all parts. */
  campaignTrialsCsv(campaignId: string): Promise<string>;
  studyReport(studyId: string): Promise<ReportRepresentation>;
  /** A page that needs nothing else. */
  studyReportHtml(studyId: string): Promise<string>;
  /** All trials of a study. */
  trialsCsv(studyId: string): Promise<string>;
  /** Whether the service can do its work; an answer of 503 is one too. */
  readiness(): Promise<Readiness>;
}

/** A search that looks back is made again suggestion by suggestion. */
const importSeconds = 600;

function provenanceQuery({ provenance = true }: { readonly provenance?: boolean } = {}): Query {
  return provenance ? {} : { provenance: 'false' };
}

/** Makes a client. Nothing is sent before a method is called. */
export function createClient(options: ClientOptions): Client {
  const { json, text, none } = requester(options);
  const study = (studyId: string, rest = ''): string => `/v1/studies/${encodeURIComponent(studyId)}${rest}`;
  const campaign = (campaignId: string, rest = ''): string => `/v1/campaigns/${encodeURIComponent(campaignId)}${rest}`;

  async function* pages<Item>(path: string, filter: Query): AsyncGenerator<Item> {
    let cursor: string | null | undefined;
    do {
      const page: { items: Item[]; nextCursor: string | null } = await json({
        path,
        query: { ...filter, limit: 200, cursor: cursor ?? undefined },
      });
      yield* page.items;
      cursor = page.nextCursor;
    } while (cursor !== null);
  }

  return {
    createStudy: (body) => json({ method: 'POST', path: '/v1/studies', body }),
    listStudies: (filter = {}) => pages('/v1/studies', filter),
    getStudy: (studyId) => json({ path: study(studyId) }),
    pause: (studyId) => json({ method: 'POST', path: study(studyId, '/pause') }),
    resume: (studyId) => json({ method: 'POST', path: study(studyId, '/resume') }),
    cancel: (studyId) => json({ method: 'POST', path: study(studyId, '/cancel') }),
    deleteStudy: (studyId) => none({ method: 'DELETE', path: study(studyId) }),
    listTrials: (studyId, filter = {}) => pages(study(studyId, '/trials'), filter),
    leaderboard: async (studyId, limit) =>
      (await json<{ items: RankedTrialRepresentation[] }>({ path: study(studyId, '/leaderboard'), query: { limit } })).items,
    generations: (studyId) => pages(study(studyId, '/generations'), {}),
    checkpoints: (studyId) => pages(study(studyId, '/checkpoints'), {}),
    events: (studyId) => pages(study(studyId, '/events'), {}),
    verifyStudy: (studyId) => json({ method: 'POST', path: study(studyId, '/verify'), timeoutSeconds: verifySeconds }),
    exportStudy: (studyId, options) => text({ path: study(studyId, '/export'), query: provenanceQuery(options) }),
    importStudy: (body) => json({ method: 'POST', path: '/v1/studies/import', body, timeoutSeconds: importSeconds }),
    getTrial: (trialId) => json({ path: `/v1/trials/${encodeURIComponent(trialId)}` }),
    presets: async () => (await json<{ items: PresetRepresentation[] }>({ path: '/v1/presets' })).items,
    createCampaign: (body) => json({ method: 'POST', path: '/v1/campaigns', body: { ...body, dryRun: false } }),
    dryRunCampaign: (body) => json({ method: 'POST', path: '/v1/campaigns', body: { ...body, dryRun: true } }),
    listCampaigns: (filter = {}) => pages('/v1/campaigns', filter),
    getCampaign: (campaignId) => json({ path: campaign(campaignId) }),
    pauseCampaign: (campaignId) => json({ method: 'POST', path: campaign(campaignId, '/pause') }),
    resumeCampaign: (campaignId) => json({ method: 'POST', path: campaign(campaignId, '/resume') }),
    cancelCampaign: (campaignId) => json({ method: 'POST', path: campaign(campaignId, '/cancel') }),
    deleteCampaign: (campaignId) => none({ method: 'DELETE', path: campaign(campaignId) }),
    winner: (campaignId) => json({ path: campaign(campaignId, '/winner') }),
    finalists: async (campaignId) => (await json<{ items: FinalistRepresentation[] }>({ path: campaign(campaignId, '/finalists') })).items,
    verifyCampaign: (campaignId) => json({ method: 'POST', path: campaign(campaignId, '/verify'), timeoutSeconds: verifySeconds }),
    exportCampaign: (campaignId, options) => text({ path: campaign(campaignId, '/export'), query: provenanceQuery(options) }),
    campaignPresets: async () => (await json<{ items: CampaignPresetRepresentation[] }>({ path: '/v1/campaign-presets' })).items,
    campaignReport: (campaignId) => json({ path: campaign(campaignId, '/report') }),
    campaignReportHtml: (campaignId) => text({ path: campaign(campaignId, '/report.html') }),
    campaignTrialsCsv: (campaignId) => text({ path: campaign(campaignId, '/trials.csv') }),
    studyReport: (studyId) => json({ path: study(studyId, '/report') }),
    studyReportHtml: (studyId) => text({ path: study(studyId, '/report.html') }),
    trialsCsv: (studyId) => text({ path: study(studyId, '/trials.csv') }),
    readiness: () => json({ path: '/readyz', alsoAccept: 503 }),
  };
}
