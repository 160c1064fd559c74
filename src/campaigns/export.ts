import { canonicalText } from '../shared/digest.ts';
import { type ExportOptions, studyExport } from '../studies/document/export.ts';
import { campaignFormat } from './document.ts';
import { campaignNotFound } from './life-cycle.ts';
import type { CampaignReader } from './ports.ts';
import { campaignStandings, type RepeatStanding, type Standing, type Standings } from './standings.ts';

/**
 * The canonical export of a campaign (RFC 8785): its definition, the reason for its end, the export of every part in order, and the
 * measurements of winner and finalists. Without ids, times, sources and attempts: two runs of one definition and seed give the same
 * bytes, regardless of failures along the way. (A cancelled campaign or part stopped at an arbitrary point.)
 *
 * @throws DomainError `campaign-not-found`
 */
export async function exportCampaign(
  reader: CampaignReader,
  campaignId: string,
  options: ExportOptions = { provenance: false },
): Promise<string> {
  return canonicalText(await reader.snapshot((snapshot) => campaignExport(snapshot, campaignId, options)));
}

/** The contents of a campaign's export as an object; `reader` is a snapshot. @throws DomainError `campaign-not-found` */
export async function campaignExport(reader: CampaignReader, campaignId: string, options: ExportOptions) {
  const campaign = await reader.campaign(campaignId);
  if (!campaign) throw campaignNotFound(campaignId);
  const parts = [];
  // One after another: a snapshot has one connection.
  for (const { kind, name, study } of await reader.campaignParts(campaignId))
    parts.push({ kind, name, study: await studyExport(reader, study.id, options) });
  const { winner, finalists } = await campaignStandings(reader, campaignId);
  return {
    format: campaignFormat,
    spec: campaign.spec,
    state: campaign.state,
    outcome: campaign.outcome,
    parts,
    ...exportedStandings({ winner, finalists }),
  };
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

/** Whether a trial runs at the moment is no part of an export: an import queues it again. */
export function exportedState<State extends string>(state: State): State | 'queued' {
  return state === 'running' ? 'queued' : state;
}

function exportedRepeat({ repeat, objectiveSeed, state, validation, test }: RepeatStanding) {
  return { repeat, objectiveSeed, state: exportedState(state), validation, test };
}
