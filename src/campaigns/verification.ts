import { digestOfPaged } from '../shared/canonical-pieces.ts';
import { type ExaminedStudy, examineStudy, type Verification, type VerificationThreads } from '../studies/actions/verify.ts';
import { inProcessFronts } from '../studies/fronts/front-job.ts';
import type { FrontWorker } from '../studies/ports/front-worker.ts';
import type { Planner } from '../studies/ports/planner.ts';
import { inProcessPlanner } from '../studies/search/suggest.ts';
import { newFindings } from '../studies/verification/findings.ts';
import { tryParse } from '../studies/verification/try-parse.ts';
import type { Campaign, CampaignPart, PartKind } from './campaign.ts';
import { pagedCampaignExport } from './export.ts';
import { campaignNotFound } from './life-cycle.ts';
import { type PartView, readPartView } from './part-view.ts';
import type { CampaignReader } from './ports.ts';
import { checkSteps, type StepPart } from './step-check.ts';

/** Result of the verification of one part. */
export interface PartVerification extends Omit<Verification, 'differences'> {
  readonly kind: PartKind;
  readonly name: string;
  readonly studyId: string;
}

/** Result of the verification of a campaign: the sums over its parts, and each part. */
export interface CampaignVerification extends Verification {
  readonly parts: readonly PartVerification[];
}

/**
 * Verifies every part of a campaign, and makes its steps again: which parts follow from those before, the definition of
 * each, and the end. All of one moment; nothing is changed. Differences of a part stand below `parts/<name>/`.
 *
 * @throws DomainError `campaign-not-found`
 */
export async function verifyCampaign(
  reader: CampaignReader,
  campaignId: string,
  { planner = inProcessPlanner, fronts = inProcessFronts }: Partial<VerificationThreads> = {},
): Promise<CampaignVerification> {
  const examined = await reader.snapshot(async (snapshot) => {
    const campaign = await tryParse(() => snapshot.campaign(campaignId));
    if ('unreadable' in campaign) return unreadableAt('campaign', campaign.unreadable);
    if (!campaign.value) throw campaignNotFound(campaignId);
    const parts = await tryParse(() => snapshot.campaignParts(campaignId));
    return 'unreadable' in parts
      ? unreadableAt('parts', parts.unreadable)
      : examineCampaign(snapshot, { campaign: campaign.value, parts: parts.value, fronts });
  });
  return 'campaign' in examined ? verified(examined, planner) : examined;
}

/** A campaign whose data has been read completely; see `ExaminedStudy`. */
interface ExaminedCampaign {
  readonly campaign: Campaign;
  readonly parts: readonly ExaminedPart[];
  readonly digest: string | null;
}

interface ExaminedPart {
  readonly part: CampaignPart;
  readonly study: ExaminedStudy;
  /** null if it cannot be read, as the verification of the part reports. */
  readonly view: PartView | null;
}

async function examineCampaign(
  reader: CampaignReader,
  { campaign, parts, fronts }: { readonly campaign: Campaign; readonly parts: readonly CampaignPart[]; readonly fronts: FrontWorker },
): Promise<ExaminedCampaign> {
  const examined: ExaminedPart[] = [];
  for (const part of parts) {
    const study = await examineStudy(reader, part.study.id, fronts);
    const view = await tryParse(() => viewOf(reader, campaign, part));
    examined.push({ part, study, view: 'unreadable' in view ? null : view.value });
  }
  const exported = await tryParse(async () => digestOfPaged(await pagedCampaignExport(reader, campaign.id, { provenance: false })));
  const digest = 'unreadable' in exported ? null : exported.value;
  return { campaign, parts: examined, digest };
}

async function verified({ campaign, parts, digest }: ExaminedCampaign, planner: Planner): Promise<CampaignVerification> {
  const findings = newFindings();
  const verifications: PartVerification[] = [];
  for (const { part, study } of parts) {
    const { kind, name } = part;
    const { differences, ...verification } = await study.finish(planner);
    findings.add(...differences.map((difference) => ({ ...difference, where: `parts/${name}/${difference.where}` })));
    verifications.push({ kind, name, studyId: part.study.id, ...verification });
  }
  checkSteps(campaign, parts.map(stepPartOf), findings);
  const { differences } = findings;
  const totals = sums(verifications);
  const isVerified = differences.length === 0 && totals.notReplayed === null;
  return { verified: isVerified, digest, ...totals, differences, parts: verifications };
}

function stepPartOf({ part: { kind, name, study }, view }: ExaminedPart): StepPart {
  return { kind, name, spec: study.spec, isLogged: study.events !== null, view };
}

function viewOf(reader: CampaignReader, { spec }: Campaign, { kind, name, study: { id, state } }: CampaignPart): Promise<PartView> {
  return readPartView(
    spec,
    { kind, name, state },
    {
      leaders: (limit) => reader.leaderboard(id, limit),
      nearestToLimits: (rule) => reader.nearestToLimits(id, rule),
    },
  );
}

function sums(parts: readonly PartVerification[]): Pick<Verification, 'trials' | 'suggestions' | 'checkpoints' | 'events' | 'notReplayed'> {
  const sum = (count: (part: PartVerification) => number): number => parts.reduce((total, part) => total + count(part), 0);
  return {
    trials: sum(({ trials }) => trials),
    suggestions: sum(({ suggestions }) => suggestions),
    checkpoints: sum(({ checkpoints }) => checkpoints),
    notReplayed: parts.find(({ notReplayed }) => notReplayed !== null)?.notReplayed ?? null,
    events: parts.every(({ events }) => events === null) ? null : sum(({ events }) => events ?? 0),
  };
}

function unreadableAt(where: string, reason: string): CampaignVerification {
  const detail = `it cannot be read, so nothing else was looked at: ${reason}`;
  const difference = { where, expected: 'what a campaign is stored as', found: 'something else', detail };
  const nothing = { digest: null, trials: 0, suggestions: 0, checkpoints: 0, events: null, notReplayed: null };
  return { verified: false, ...nothing, differences: [difference], parts: [] };
}
