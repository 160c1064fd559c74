import type { z } from 'zod';
import type { importRequestSchema } from '../studies/document/request.ts';

/** What POST /v1/studies/import takes: an export as it was read back, and what shall become of it. */
export type ImportRequest = z.input<typeof importRequestSchema>;
