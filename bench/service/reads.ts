import { Pool } from 'undici';

/** Latencies of a read, in milliseconds. */
export interface Latency {
  readonly read: string;
  readonly p50: number;
  readonly p99: number;
}

/** Sends requests of one client, one after another, to each address in turn, and measures each. */
export async function latencies(reads: readonly { readonly read: string; readonly url: string }[], requests: number): Promise<Latency[]> {
  const clients = new Map(reads.map(({ url }) => [new URL(url).origin, new Pool(new URL(url).origin, { connections: 1 })]));
  const times = new Map(reads.map(({ read }) => [read, [] as number[]]));
  try {
    for (let request = 0; request < requests; request += 1)
      for (const { read, url } of reads) {
        const { origin, pathname, search } = new URL(url);
        const started = performance.now();
        const answer = await clients.get(origin)?.request({ method: 'GET', path: pathname + search });
        await answer?.body.dump({ limit: 64 * 1024 * 1024 });
        if (answer?.statusCode !== 200) throw new Error(`GET ${pathname}: ${answer?.statusCode}`);
        times.get(read)?.push(performance.now() - started);
      }
  } finally {
    await Promise.all([...clients.values()].map((client) => client.close()));
  }
  return [...times].map(([read, all]) => {
    const sorted = all.toSorted((a, b) => a - b);
    const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
    return { read, p50: at(0.5), p99: at(0.99) };
  });
}
