import { z } from 'zod';

/** The path of what belongs to one study. An id that is no UUID is a fault of the request (422), not a study that is missing. */
export const studyPath = z.strictObject({ studyId: z.uuid('must be a UUID').describe('Id of a study.') });

/** The path of one trial. */
export const trialPath = z.strictObject({ trialId: z.uuid('must be a UUID').describe('Id of a trial.') });
