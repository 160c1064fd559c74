import { PagedObject } from '../shared/canonical-pieces.ts';
import { type ExportOptions, pagedStudyExport } from '../studies/document/export.ts';
import { studyFingerprint } from '../studies/document/export-fingerprint.ts';
import type { Campaign, CampaignPart } from './campaign.ts';
import { campaignFormat } from './document.ts';
import { campaignNotFound } from './life-cycle.ts';
import type { CampaignReader } from './ports.ts';
import { campaignStandings, type RepeatStanding, type Standing, type Standings } from './standings.ts';

/**
 * The export of a campaign: its definition, the reason for its end, the export of every part in order, and the measurements of winner
 * and finalists. Without ids, times, sources and attempts: two runs of one definition and seed give the same canonical text
 * (RFC 8785), regardless of failures along the way. (A cancelled campaign or part stopped at an arbitrary point.) The parts are read
 * while the text is made.
 *
 * @param reader a snapshot that lasts until the text is made
 * @throws DomainError `campaign-not-found`
 */
export async function pagedCampaignExport(reader: CampaignReader, campaignId: string, options: ExportOptions): Promise<PagedObject> {
  const campaign = await foundCampaign(reader, campaignId);
  const { winner, finalists } = await campaignStandings(reader, campaignId);
  return new PagedObject({
    format: campaignFormat,
    spec: campaign.spec,
    state: campaign.state,
    outcome: campaign.outcome,
    parts: exportedParts(reader, await reader.campaignParts(campaignId), options),
    ...exportedStandings({ winner, finalists }),
  });
}

/** One after another: a snapshot has one connection. */
async function* exportedParts(
  reader: CampaignReader,
  parts: readonly CampaignPart[],
  options: ExportOptions,
): AsyncGenerator<PagedObject[]> {
  for (const { kind, name, study } of parts)
    yield [new PagedObject({ kind, name, study: await pagedStudyExport(reader, study.id, options) })];
}

/**
 * Values that differ between any two exports of a campaign with different bytes; see `exportFingerprint` of studies.
 *
 * @param reader a snapshot
 * @throws DomainError `campaign-not-found`
 */
export async function campaignExportFingerprint(reader: CampaignReader, campaignId: string): Promise<readonly (string | number)[]> {
  const { version } = await foundCampaign(reader, campaignId);
  const fingerprint: (string | number)[] = [campaignId, version];
  for (const { study } of await reader.campaignParts(campaignId)) fingerprint.push(...(await studyFingerprint(reader, study)));
  return fingerprint;
}

async function foundCampaign(reader: CampaignReader, campaignId: string): Promise<Campaign> {
  const campaign = await reader.campaign(campaignId);
  if (!campaign) throw campaignNotFound(campaignId);
  return campaign;
}

/** The winner and the measurements of winner and finalists, as an export has them. */
export function exportedStandings({ winner, finalists }: Standings) {
  return {
    winner: winner && { parameters: winner.parameters, foundBy: winner.foundBy, value: winner.validation.value },
    finalists: finalists.map(exportedFinalist),
  };
}

function exportedFinalist({ parameters, foundBy, winner, validation, test, repeats }: Standing) {
  return { parameters, foundBy, winner, validation, test, repeats: repeats.map(exportedRepeat) };
}

/** An export does not say which trials run at the moment: an import queues them again. */
export function withoutRunning<State extends string>(state: State): State | 'queued' {
  return state === 'running' ? 'queued' : state;
}

function exportedRepeat({ repeat, objectiveSeed, state, validation, test }: RepeatStanding) {
  return { repeat, objectiveSeed, state: withoutRunning(state), validation, test };
}
