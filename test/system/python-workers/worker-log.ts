import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';

const trialOf = { trial: z.int(), attempt: z.int(), step: z.int() };
const eventSchema = z.discriminatedUnion('event', [
  z.object({ event: z.literal('begins'), ...trialOf, reference: z.string().nullable(), continues: z.int().nullable() }),
  z.object({ event: z.literal('evaluated'), ...trialOf }),
  z.object({ event: z.literal('reported'), ...trialOf, reference: z.string().nullable() }),
  z.object({ event: z.literal('stopped'), ...trialOf, reason: z.string() }),
  z.object({ event: z.literal('delivers'), ...trialOf }),
  z.object({ event: z.literal('completed'), ...trialOf }),
  z.object({ event: z.literal('lost'), ...trialOf }),
]);

/** An event that worker.py noted. */
type WorkerEvent = z.output<typeof eventSchema>;

/** One attempt of a trial, from the notes of the worker that made it. */
export interface Attempt {
  readonly trial: number;
  readonly attempt: number;
  /** The step after which it began; 0: from scratch. */
  readonly begunAfter: number;
  /** The checkpoint that it began with. */
  readonly reference: string | null;
  /** Number of the earlier trial that the service named. */
  readonly continues: number | null;
  /** The steps that it evaluated, in order. */
  readonly evaluated: readonly number[];
  /** The last checkpoint whose report was answered; that with which it began if there was none. */
  readonly kept: number;
  /** Its last event: `completed`, `stopped` or `lost`, or another one if its worker was killed. */
  readonly end: WorkerEvent;
}

/** Reads the events of a worker. A line that a kill cut off is not one. */
export function readEvents(file: string): WorkerEvent[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => eventSchema.parse(JSON.parse(line)));
}

/** Divides the events of a worker into its attempts, which follow each other. */
export function attemptsOf(events: readonly WorkerEvent[]): Attempt[] {
  const begins = events.flatMap((event, index) => (event.event === 'begins' ? [{ event, index }] : []));
  return begins.map(({ event, index }, place) => {
    const own = events.slice(index, begins[place + 1]?.index);
    const kept = own.findLast((one) => one.event === 'reported' && one.reference !== null);
    return {
      trial: event.trial,
      attempt: event.attempt,
      begunAfter: event.step,
      reference: event.reference,
      continues: event.continues,
      evaluated: own.flatMap((one) => (one.event === 'evaluated' ? [one.step] : [])),
      kept: kept?.step ?? event.step,
      end: own.at(-1) ?? event,
    };
  });
}
