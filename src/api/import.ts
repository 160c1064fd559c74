import type { z } from 'zod';
import type { importRequestSchema } from '../studies/document/request.ts';

/** The body of POST /v1/studies/import: a parsed export, and the options of the import. */
export type ImportRequest = z.input<typeof importRequestSchema>;
