import { z } from 'zod';
import { describedEnum } from '../shared/described-enum.ts';
import { eventTypes, type StudyEvent } from '../studies/events/event.ts';
import { moment, pageOf } from './page.ts';

/** The meanings of the types of events of the log. */
export const eventMeanings = {
  'study-created': 'the study was created from a definition.',
  'study-imported': 'the study was created from an export or as a fork.',
  'trials-observed': 'the search observed the results of trials.',
  'trials-folded': 'the same in a study of version 0.1.0.',
  'checkpoint-written': 'the state of the sampler was stored.',
  'trials-queued': 'the sampler suggested trials.',
  'trials-given': 'a client gave trials.',
  'study-paused': 'the study was paused.',
  'study-resumed': 'the study was resumed.',
  'study-ended': 'the study ended.',
  'study-extended': 'its budget was raised; if it had ended, it went on.',
  'study-changed': 'its parallelism, priority or labels were changed.',
} as const satisfies Record<(typeof eventTypes)[number], string>;

const eventSchema = z
  .strictObject({
    number: z.int().min(0).describe('Number of the event in its study, from 0, without gaps.'),
    type: describedEnum(eventTypes, eventMeanings),
    data: z.record(z.string(), z.unknown()).describe('The change. Digests are SHA-256 over canonical text (RFC 8785).'),
    previous: z.string().describe('Hash of the event before; 64 zeros for the first.'),
    hash: z
      .string()
      .describe(
        'SHA-256 over the canonical text (RFC 8785) of { data, previous, sequence, type }, where `sequence` is the number of the event.',
      ),
    createdAt: moment('Time at which it was stored.'),
  })
  .meta({ id: 'StudyEvent', description: 'A change of a study, chained to the event before it.' });

export const eventPageSchema = pageOf('StudyEventPage', eventSchema);
export type EventRepresentation = z.output<typeof eventSchema>;

const dataSchema = z.record(z.string(), z.unknown());

/** Builds the representation of an event. */
export function representEvent({ sequence, type, data, previous, hash, createdAt }: StudyEvent): EventRepresentation {
  return { number: sequence, type, data: dataSchema.parse(data), previous, hash, createdAt: createdAt.toISOString() };
}
