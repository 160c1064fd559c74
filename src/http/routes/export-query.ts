import { z } from 'zod';
import type { ExportOptions } from '../../studies/document/export.ts';

/** Query parameters of an export. */
export const exportQuery = z.strictObject({
  provenance: z
    .enum(['true', 'false'])
    .default('true')
    .describe('Include the code, libraries, data, seeds and machines that the results come from.'),
});

/** @param version version of the service that writes the export */
export function exportOptionsOf({ provenance }: z.output<typeof exportQuery>, version: string): ExportOptions {
  return { provenance: provenance === 'true' && { clavier: version } };
}
