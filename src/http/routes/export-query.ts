import { z } from 'zod';
import type { ExportOptions } from '../../studies/document/export.ts';

/** How an export is asked for. */
export const exportQuery = z.strictObject({
  provenance: z
    .enum(['true', 'false'])
    .default('true')
    .describe('Whether the export says which code, libraries, data, seeds and machines its results come from.'),
});

/** @param version of the service, which makes the export */
export function exportOptionsOf({ provenance }: z.output<typeof exportQuery>, version: string): ExportOptions {
  return { provenance: provenance === 'true' && { clavier: version } };
}
