import { setTimeout as delay } from 'node:timers/promises';
import type { ImportRequest } from '../../../src/api/import.ts';
import { ApiLostError } from '../patient-fetch.ts';
import type { World } from '../world.ts';
import type { Entry } from './entry.ts';

/** Time to wait after an unanswered request, in which the process carries it out or dies. */
const settleMs = 1500;

/**
 * Creates a study or a campaign even if answers are lost: one that has the name already was created. (A process that was
 * stopped in the middle may create it once more later; that one is checked like any other.)
 *
 * @returns its id
 */
export function createOnce(world: World, { kind, definition }: Entry): Promise<string> {
  const { client } = world;
  const { name } = definition;
  if (kind === 'campaign')
    return foundOrCreated(
      () => first(client.listCampaigns({ name })),
      async () => (await client.createCampaign(definition)).id,
    );
  return foundOrCreated(
    () => first(studiesAlone(world, name)),
    async () => (await client.createStudy(definition)).id,
  );
}

/** Creates a study from an export. @returns its id, which is not among the known ones */
export function importOnce(world: World, text: string, known: string): Promise<string> {
  const document: ImportRequest['document'] = JSON.parse(text);
  const found = async (): Promise<string | null> => {
    for await (const { id } of studiesAlone(world, document.spec.name)) if (id !== known) return id;
    return null;
  };
  return foundOrCreated(found, async () => (await world.client.importStudy({ document })).id);
}

/** Lists the ids of the studies of a name that are not part of a campaign, newest first. */
async function* studiesAlone({ client }: World, name: string): AsyncGenerator<{ id: string }> {
  for await (const { id, campaign } of client.listStudies({ name })) if (campaign === null) yield { id };
}

async function first(items: AsyncIterable<{ readonly id: string }>): Promise<string | null> {
  for await (const { id } of items) return id;
  return null;
}

async function foundOrCreated(find: () => Promise<string | null>, create: () => Promise<string>): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    const found = attempt === 1 ? null : await find();
    if (found !== null) return found;
    try {
      return await create();
    } catch (error) {
      if (!isUnanswered(error)) throw error;
      await delay(settleMs);
    }
  }
}

/** Tells whether a request was unanswered: the connection failed, no answer came in time, or it was 503. */
function isUnanswered(error: unknown): boolean {
  return error instanceof ApiLostError || error instanceof TypeError || (error instanceof DOMException && error.name === 'TimeoutError');
}
