import { z } from 'zod';

/** A response that is a page in JSON, or a stream of events if the client accepts that. */
export function eventStream<Schema extends z.ZodType>(description: string, page: Schema) {
  const stream = z.string().meta({
    description: 'Server-sent events: `id` is the number of an event, `event` its type, `data` the JSON of an Event in one line.',
  });
  return { description, content: { 'application/json': { schema: page }, 'text/event-stream': { schema: stream } } };
}
