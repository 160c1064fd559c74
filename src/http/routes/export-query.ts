import { z } from 'zod';
import { describedEnum } from '../../shared/described-enum.ts';
import type { ExportOptions } from '../../studies/document/export.ts';

/** Query parameters of an export. */
export const exportQuery = z.strictObject({
  provenance: describedEnum(
    ['true', 'false'],
    { true: 'with it.', false: 'without it, so that equal runs give the same bytes on different machines.' },
    'Include the code, libraries, data, seeds and machines that the results come from.',
  ).default('true'),
});

/** @param version version of the service that writes the export */
export function exportOptionsOf({ provenance }: z.output<typeof exportQuery>, version: string): ExportOptions {
  return { provenance: provenance === 'true' && { clavier: version } };
}
