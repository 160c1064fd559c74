import { z } from 'zod';

/** The path of what belongs to one study. An id that is no UUID is a fault of the request (422), not a study that is missing. */
export const studyPath = z.strictObject({ studyId: z.uuid('must be a UUID').describe('Id of a study.') });

/** The path of one trial. */
export const trialPath = z.strictObject({ trialId: z.uuid('must be a UUID').describe('Id of a trial.') });

/** The path of what belongs to one campaign. */
export const campaignPath = z.strictObject({ campaignId: z.uuid('must be a UUID').describe('Id of a campaign.') });

/** The path of a preset, of studies or of campaigns. */
export const presetPath = z.strictObject({ name: z.string().min(1).max(64).describe('Name of a preset.') });
