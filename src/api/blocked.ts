import { z } from 'zod';
import type { Capability } from '../objectives/contract.ts';
import { describedEnum } from '../shared/described-enum.ts';
import type { RunnersFor } from '../studies/ports/runners.ts';

/** The reason why no trial of an active study can be evaluated now. */
export const blockedSchema = z
  .strictObject({
    reason: describedEnum(['no-runner', 'no-capable-runner', 'runners-unable'], {
      'no-runner': 'no runner is alive.',
      'no-capable-runner': "no living runner has this version of the study's objective.",
      'runners-unable': 'those that have it found that they cannot evaluate it.',
    }),
    detail: z.string().describe('In words, with what to do.'),
  })
  .meta({ id: 'Blocked', description: 'The reason for which no living runner can evaluate a study.' });

/** Tells why no runner can evaluate an objective, and what to do; null if one can. */
export function blockedBy({ name, version }: Capability, { alive, able, unable }: RunnersFor): z.output<typeof blockedSchema> | null {
  if (able > 0) return null;
  const lacking = `no living runner can evaluate ${name} version ${version}`;
  if (alive === 0)
    return { reason: 'no-runner', detail: 'no runner is alive: start one, or check why it stopped; the study then continues by itself' };
  if (unable === 0)
    return {
      reason: 'no-capable-runner',
      detail: `${lacking}, with which the study began (runners alive: ${alive}): start one of a release that has it; the study then continues by itself`,
    };
  return {
    reason: 'runners-unable',
    detail: `${lacking} (runners alive: ${alive}; with its code, but without something that it needs, such as a library: ${unable}): their logs say what is missing; install it, or start another runner`,
  };
}
