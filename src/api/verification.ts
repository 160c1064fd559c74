import { z } from 'zod';
import { partKindSchema } from '../campaigns/campaign.ts';
import type { CampaignVerification } from '../campaigns/verification.ts';
import type { Verification } from '../studies/actions/verify.ts';

const differenceSchema = z
  .strictObject({
    where: z
      .string()
      .describe(
        'Path of the stored value, such as `trials/17/value`, `events/12/hash`, `checkpoints/3/state`, `leaderboard/2` or `stepResults/<start of the result key>/2`; in a campaign, below `parts/<name>/`.',
      ),
    expected: z.string().describe('The expected value, as a short text.'),
    found: z.string().describe('The stored value.'),
    detail: z.string().describe('The check that found the difference, in words.'),
  })
  .meta({ id: 'Difference', description: 'A stored value that differs from the expected one.' });

const counts = {
  verified: z.boolean().describe('true if the search was replayed and no difference was found.'),
  digest: z
    .string()
    .nullable()
    .describe('SHA-256 over the canonical export without its provenance, the same for equal runs; null if the study cannot be exported.'),
  trials: z.int().min(0).describe('Number of trials that were checked.'),
  suggestions: z
    .int()
    .min(0)
    .describe(
      'Number of suggestions that were recomputed. A search that makes them in several steps (its parallelism times its trials is above 40,000) may have made fewer than its results allow, which is no difference.',
    ),
  checkpoints: z.int().min(0).describe('Number of study checkpoints that were recomputed.'),
  events: z.int().min(0).nullable().describe('Number of events in the log; null for a study of a version that kept no log.'),
  notReplayed: z
    .string()
    .nullable()
    .describe(
      'The reason for which the search cannot be replayed here, such as a sampler version that this service does not have. It is not a difference. null if the search was replayed.',
    ),
};
const differences = z.array(differenceSchema).describe('At most 100, in a fixed order.');

/** Result of the verification of a study. */
export const verificationSchema = z
  .strictObject({ ...counts, differences })
  .meta({ id: 'Verification', description: 'The result of checking a study against its definition and its results.' });

const partVerificationSchema = z
  .strictObject({
    kind: partKindSchema,
    name: z.string().describe('Name of the part in the campaign.'),
    studyId: z.uuid().describe('Id of the study.'),
    ...counts,
  })
  .meta({ id: 'PartVerification', description: 'The result of checking a part of a campaign.' });

/** Result of the verification of a campaign. */
export const campaignVerificationSchema = z
  .strictObject({
    ...counts,
    differences,
    parts: z.array(partVerificationSchema).describe('The verification of each part.'),
  })
  .meta({
    id: 'CampaignVerification',
    description: 'The result of checking a campaign and all its parts against their definitions and results.',
  });

export type DifferenceRepresentation = z.output<typeof differenceSchema>;
export type VerificationRepresentation = z.output<typeof verificationSchema>;
export type CampaignVerificationRepresentation = z.output<typeof campaignVerificationSchema>;

/** Builds the representation of a verification. */
export function representVerification({ differences: found, ...verification }: Verification): VerificationRepresentation {
  return { ...verification, differences: [...found] };
}

/** Builds the representation of the verification of a campaign. */
export function representCampaignVerification({
  differences: found,
  parts,
  ...verification
}: CampaignVerification): CampaignVerificationRepresentation {
  return { ...verification, differences: [...found], parts: parts.map((part) => ({ ...part })) };
}
