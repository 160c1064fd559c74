import { pagedCampaignExport } from '../../src/campaigns/export.ts';
import type { CampaignReader } from '../../src/campaigns/ports.ts';
import { canonicalPieces, type PagedObject } from '../../src/shared/canonical-pieces.ts';
import { type ExportOptions, pagedStudyExport } from '../../src/studies/document/export.ts';
import type { StudyReader } from '../../src/studies/ports/reader.ts';

/** The whole text of the export of a study. */
export function exportStudy(reader: StudyReader, studyId: string, options: ExportOptions = { provenance: false }): Promise<string> {
  return reader.snapshot(async (snapshot) => wholeText(await pagedStudyExport(snapshot, studyId, options)));
}

/** The whole text of the export of a campaign. */
export function exportCampaign(
  reader: CampaignReader,
  campaignId: string,
  options: ExportOptions = { provenance: false },
): Promise<string> {
  return reader.snapshot(async (snapshot) => wholeText(await pagedCampaignExport(snapshot, campaignId, options)));
}

async function wholeText(object: PagedObject): Promise<string> {
  const pieces: string[] = [];
  for await (const piece of canonicalPieces(object)) pieces.push(piece);
  return pieces.join('');
}
