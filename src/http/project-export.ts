import { pagedCampaignExport } from '../campaigns/export.ts';
import type { CampaignReader } from '../campaigns/ports.ts';
import { canonicalPieces, type PagedObject } from '../shared/canonical-pieces.ts';
import { DomainError } from '../shared/errors.ts';
import type { Page } from '../shared/page.ts';
import { type ExportOptions, pagedStudyExport } from '../studies/document/export.ts';
import { type ListPlace, placeOf } from '../studies/ports/list.ts';
import type { WritePieces } from './canonical-answer.ts';

const idsAtOnce = 100;

/** An export of a project. */
interface ProjectExport {
  readonly reader: CampaignReader;
  readonly project: string;
  readonly options: ExportOptions;
}

/**
 * Writes all that a project has, a line of JSON for each campaign, then for each study that is no part of one, oldest first, and a last
 * line with their numbers. Each document is of one moment; what is deleted before its turn is left out.
 */
export async function writeProjectExport({ reader, project, options }: ProjectExport, write: WritePieces): Promise<void> {
  const line = async (kind: 'campaign' | 'study', id: string): Promise<boolean> =>
    reader
      .snapshot(async (snapshot) => {
        const document =
          kind === 'campaign' ? await pagedCampaignExport(snapshot, id, options) : await pagedStudyExport(snapshot, id, options);
        await write(linePieces({ kind, id, document }));
        return true;
      })
      .catch((error: unknown) => {
        if (error instanceof DomainError && error.code === `${kind}-not-found`) return false;
        throw error;
      });
  const filter = { project, sort: 'oldest', limit: idsAtOnce } as const;
  let [campaigns, studies] = [0, 0];
  for await (const id of idsOf((after) => reader.campaigns({ ...filter, after }))) if (await line('campaign', id)) campaigns += 1;
  for await (const id of idsOf((after) => reader.studies({ ...filter, campaign: null, after }))) if (await line('study', id)) studies += 1;
  await write([`${JSON.stringify({ kind: 'end', campaigns, studies })}\n`]);
}

async function* linePieces({ kind, id, document }: { readonly kind: string; readonly id: string; readonly document: PagedObject }) {
  yield `{"kind":"${kind}","id":"${id}","document":`;
  yield* canonicalPieces(document);
  yield '}\n';
}

async function* idsOf(read: (after: ListPlace | undefined) => Promise<Page<{ readonly id: string }>>): AsyncGenerator<string> {
  for (let after: ListPlace | undefined; ; ) {
    const { items, next } = await read(after);
    for (const { id } of items) yield id;
    if (next === null) return;
    after = placeOf(next);
  }
}
