import type { z } from 'zod';
import type { campaignImportRequestSchema } from '../campaigns/document.ts';
import type { forkRequestSchema, importRequestSchema } from '../studies/document/request.ts';

/** The body of POST /v1/studies/import: a parsed export, and the options of the import. */
export type ImportRequest = z.input<typeof importRequestSchema>;

/** The body of POST /v1/studies/{studyId}/fork: the results to keep, and what the fork changes. */
export type ForkRequest = z.input<typeof forkRequestSchema>;

/** The body of POST /v1/campaigns/import: a parsed export. */
export type CampaignImportRequest = z.input<typeof campaignImportRequestSchema>;
