import { describe, expect, test } from 'vitest';
import { UsageError } from '../../src/cli/exit-codes.ts';
import { watchUntilEnd } from '../../src/cli/polling.ts';
import { ProblemError } from '../../src/client/problem-error.ts';
import { inTurn } from './fake-client.ts';

interface Item {
  readonly ended: boolean;
}
const [open, over]: Item[] = [{ ended: false }, { ended: true }];
const unavailable = () => new ProblemError({ status: 503, code: 'service-unavailable', detail: 'it starts', errors: [] });

/** Watches what the looks give; an error among them is thrown. */
async function watch(looks: readonly (Item | Error | undefined)[], { patienceMs = 60_000, stop = new AbortController() } = {}) {
  const shown: Item[] = [];
  const next = inTurn(...looks.map((look) => ({ look })));
  const look = async (): Promise<Item> => {
    const { look: found } = await next();
    if (found instanceof Error) throw found;
    return found ?? new Promise<Item>(() => undefined);
  };
  const ending = watchUntilEnd({
    look,
    show: (item) => shown.push(item),
    ended: (item) => item.ended,
    stop: stop.signal,
    pollMs: 1,
    patienceMs,
  });
  return { shown, ended: await ending };
}

describe('watching', () => {
  test('shows every look and ends with the one that has ended', async () => {
    expect(await watch([open, open, over])).toEqual({ shown: [open, open, over], ended: over });
  });

  test('ends at once where it is stopped, though a look is under way and never answered', async () => {
    const stop = new AbortController();
    const watching = watch([undefined], { stop });
    stop.abort();
    expect(await watching).toEqual({ shown: [], ended: null });
  });

  test('that is stopped before it began does not look', async () => {
    const stop = new AbortController();
    stop.abort();
    expect(await watch([over], { stop })).toEqual({ shown: [], ended: null });
  });

  test('outlasts a service that is away for a while', async () => {
    expect(await watch([open, unavailable(), new TypeError('fetch failed'), over])).toEqual({ shown: [open, over], ended: over });
  });

  test('fails where the service does not come back in time', async () => {
    await expect(watch([open, unavailable()], { patienceMs: -1 })).rejects.toThrow('it starts');
  });

  test('fails at once where there never was an answer, or where asking again changes nothing', async () => {
    await expect(watch([unavailable(), over])).rejects.toThrow('it starts');
    await expect(watch([open, new UsageError('a wrong id'), over])).rejects.toThrow('a wrong id');
  });
});
