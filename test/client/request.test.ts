import { describe, expect, test, vi } from 'vitest';
import { createClient } from '../../src/client/client.ts';

const baseUrl = 'http://service.example/';

/** A client whose requests are kept and answered with `{}`. */
function recording(options: { key?: string; project?: string } = {}) {
  const sent: { url: string; headers: Headers }[] = [];
  const fetch = async (url: string | URL | Request, init?: RequestInit): Promise<Response> => {
    sent.push({ url: String(url), headers: new Headers(init?.headers) });
    return Response.json({ items: [], nextCursor: null });
  };
  return { client: createClient({ baseUrl, fetch, ...options }), sent };
}

describe('the key of a client', () => {
  test('goes with every request as a bearer token, whatever is asked and however', async () => {
    const { client, sent } = recording({ key: 'k3y.~+/=' });
    await client.getStudy('a');
    await client.exportStudy('a');
    await client.deleteStudy('a');
    await client.createCampaign({ preset: 'landscape' });
    for await (const study of client.listStudies()) expect(study).toBeUndefined();
    await client.readiness();
    expect(sent.map(({ headers }) => headers.get('authorization'))).toEqual(Array.from({ length: 6 }, () => 'Bearer k3y.~+/='));
  });

  test('is no header where there is none', async () => {
    const { client, sent } = recording();
    await client.getStudy('a');
    expect(sent[0]?.headers.has('authorization')).toBe(false);
  });
});

describe('the project of a client', () => {
  test('goes with every request in a header, and is none where none is given', async () => {
    const { client, sent } = recording({ project: 'vision' });
    await client.getStudy('a');
    await client.createProject('audio');
    for await (const key of client.listKeys()) expect(key).toBeUndefined();
    expect(sent.map(({ headers }) => headers.get('clavier-project'))).toEqual(['vision', 'vision', 'vision']);
    const without = recording();
    await without.client.caller();
    expect(without.sent[0]?.headers.has('clavier-project')).toBe(false);
  });
});

test('what has all trials has ten minutes, and everything else thirty seconds', async () => {
  const limits: number[] = [];
  const timeout = vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
    limits.push(ms / 1000);
    return new AbortController().signal;
  });
  const { client } = recording();
  await client.getStudy('a');
  for (const long of ['exportStudy', 'exportCampaign', 'trialsCsv', 'campaignTrialsCsv', 'studyReport', 'campaignReport'] as const)
    await client[long]('a');
  for (const long of ['studyReportHtml', 'campaignReportHtml'] as const) await client[long]('a');
  await client.compare(['a', 'b']);
  await client.compareHtml(['a', 'b']);
  timeout.mockRestore();
  expect(limits).toEqual([30, ...Array.from({ length: 10 }, () => 600)]);
});

describe('the signal of a client', () => {
  const reason = new Error('stopped');
  /** A service that answers when the request is given up, or like this. */
  const patient = (respond?: () => Response) => async (_: unknown, init?: RequestInit) =>
    respond?.() ??
    new Promise<Response>((_resolve, reject) => {
      const { signal } = init ?? {};
      if (signal?.aborted) reject(signal.reason);
      signal?.addEventListener('abort', () => reject(signal.reason));
    });

  test('gives up a request that is under way', async () => {
    const stop = new AbortController();
    const answer = createClient({ baseUrl, fetch: patient(), signal: stop.signal }).getStudy('a');
    stop.abort(reason);
    await expect(answer).rejects.toBe(reason);
  });

  test('gives up the wait before a request is sent again', async () => {
    const stop = new AbortController();
    const unavailable = () => {
      queueMicrotask(() => setImmediate(() => stop.abort(reason)));
      return new Response('{}', { status: 503, headers: { 'retry-after': '30' } });
    };
    const answer = createClient({ baseUrl, fetch: patient(unavailable), signal: stop.signal }).getStudy('a');
    await expect(answer).rejects.toBe(reason);
  });
});

describe('the export of a project', () => {
  /** A client that gets an export in these pieces; the next one is made when the one before was read. */
  const exporting = (...pieces: readonly string[]) => {
    const encoded = pieces.map((piece) => Buffer.from(piece, 'latin1'));
    let sent = 0;
    const body = () =>
      new ReadableStream<Uint8Array>(
        { pull: (stream) => (sent < encoded.length ? stream.enqueue(encoded[sent++] as Buffer) : stream.close()) },
        { highWaterMark: 0 },
      );
    const { exportProject } = createClient({ baseUrl, fetch: async () => new Response(body()) });
    return { lines: exportProject('vision'), sent: () => sent };
  };
  const end = '{"kind":"end","campaigns":0,"studies":2}';

  test('comes line by line, however it is cut into pieces', async () => {
    const { lines, sent } = exporting('{"a":', '1}', '\n{"b":"\xc3', '\xa4"}\n', `${end}\n`);
    expect((await lines.next()).value).toBe('{"a":1}');
    expect(sent()).toBe(3);
    expect((await lines.next()).value).toBe('{"b":"ä"}');
    expect((await lines.next()).value).toBe(end);
    expect((await lines.next()).done).toBe(true);
  });

  test.each([
    ['is missing', '{"a":1}\n'],
    ['is cut off', `{"a":1}\n${end.slice(0, -1)}`],
    ['is all that is missing', ''],
  ])('throws at its end if its last line %s', async (_what, text) => {
    const read = async () => {
      for await (const line of exporting(text).lines) expect(line).toMatch(/^\{/);
    };
    await expect(read()).rejects.toThrow('the export is incomplete');
  });
});
