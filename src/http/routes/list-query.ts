import { z } from 'zod';
import { pageQuery } from '../../api/page.ts';
import { withoutControlCharacters } from '../../studies/definition/definition.ts';
import { studyStateSchema } from '../../studies/model/states.ts';

/** Query parameters of a list of studies or campaigns. @param what the plural noun for the document */
export function listQueryOf(what: string) {
  return z.strictObject({
    state: studyStateSchema.optional().describe(`Only ${what} in this state.`),
    name: z
      .string()
      .min(1)
      .max(200)
      .regex(withoutControlCharacters, 'contains control characters')
      .optional()
      .describe(`Only ${what} with exactly this name.`),
    ...pageQuery,
  });
}
