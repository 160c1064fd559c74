import { z } from 'zod';
import { partKindSchema } from '../campaigns/campaign.ts';
import type { CampaignVerification } from '../campaigns/verification.ts';
import type { Verification } from '../studies/actions/verify.ts';

const differenceSchema = z
  .strictObject({
    where: z
      .string()
      .describe(
        'Which part: `trials/17/value`, `events/12/hash`, `checkpoints/3/state`, `leaderboard/2`, `stepResults/<digest of the training>/2`; of a campaign below `parts/<name>/`.',
      ),
    expected: z.string().describe('What it must be, as a short text.'),
    found: z.string().describe('What is there.'),
    detail: z.string().describe('How that is known, in words.'),
  })
  .meta({ id: 'Difference', description: 'Something stored that is not what it must be.' });

const counts = {
  verified: z.boolean().describe('The search was made again, and no difference was found.'),
  digest: z
    .string()
    .nullable()
    .describe('SHA-256 over the canonical export without its provenance, the same for equal runs; null where it cannot be read.'),
  trials: z.int().min(0).describe('Trials that were looked at.'),
  suggestions: z.int().min(0).describe('Suggestions that were made again.'),
  checkpoints: z.int().min(0).describe('Study checkpoints that were made again.'),
  events: z.int().min(0).nullable().describe('Events of the log; null for a study of a version that kept none.'),
  notReplayed: z
    .string()
    .nullable()
    .describe(
      'Why the search cannot be made again here: this service does not have the code that the study began with. That is no difference; null otherwise.',
    ),
};
const differences = z.array(differenceSchema).describe('In a fixed order; at most 100.');

/** What the verification of a study came to. */
export const verificationSchema = z
  .strictObject({ ...counts, differences })
  .meta({ id: 'Verification', description: 'Whether a study is what its definition and its results give.' });

/** What the verification of a campaign came to. */
export const campaignVerificationSchema = z
  .strictObject({
    ...counts,
    differences,
    parts: z.array(z.strictObject({ kind: partKindSchema, name: z.string(), studyId: z.uuid(), ...counts })),
  })
  .meta({
    id: 'CampaignVerification',
    description: 'Whether a campaign is what its definition and its results give, and each of its parts.',
  });

export type DifferenceRepresentation = z.output<typeof differenceSchema>;
export type VerificationRepresentation = z.output<typeof verificationSchema>;
export type CampaignVerificationRepresentation = z.output<typeof campaignVerificationSchema>;

/** A verification as the API shows it. */
export function representVerification({ differences: found, ...verification }: Verification): VerificationRepresentation {
  return { ...verification, differences: [...found] };
}

/** The verification of a campaign as the API shows it. */
export function representCampaignVerification({
  differences: found,
  parts,
  ...verification
}: CampaignVerification): CampaignVerificationRepresentation {
  return { ...verification, differences: [...found], parts: parts.map((part) => ({ ...part })) };
}
