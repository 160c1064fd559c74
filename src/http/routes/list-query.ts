import { z } from 'zod';
import { pageQuery } from '../../api/page.ts';
import { studyStateSchema } from '../../studies/model/states.ts';

/** How studies and campaigns are listed. @param what what they are called in the document, in the plural */
export function listQueryOf(what: string) {
  return z.strictObject({
    state: studyStateSchema.optional().describe(`Only ${what} in this state.`),
    name: z
      .string()
      .min(1)
      .max(200)
      .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'has control characters')
      .optional()
      .describe(`Only ${what} with exactly this name.`),
    ...pageQuery,
  });
}
