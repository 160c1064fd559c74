import { z } from 'zod';

/** Path parameter of a study. An id that is not a UUID makes the request invalid (422, not 404). */
export const studyPath = z.strictObject({ studyId: z.uuid('must be a UUID').describe('Id of a study.') });

/** Path parameter of a trial. */
export const trialPath = z.strictObject({ trialId: z.uuid('must be a UUID').describe('Id of a trial.') });

/** Path parameter of a campaign. */
export const campaignPath = z.strictObject({ campaignId: z.uuid('must be a UUID').describe('Id of a campaign.') });

/** Path parameter of a study or campaign preset. */
export const presetPath = z.strictObject({ name: z.string().min(1).max(64).describe('Name of a preset.') });
