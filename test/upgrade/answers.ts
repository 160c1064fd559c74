import { expect, vi } from 'vitest';
import type { TestService } from '../http/service.ts';
import type { Place } from './fixtures.ts';
import { measurementsOf } from './view.ts';

/** Asks an API, and fails where it refuses. */
export function answers(api: TestService) {
  const get = async (path: string) => {
    const response = await api.get(path);
    expect(response.statusCode, `GET ${path}: ${response.body}`).toBe(200);
    return response.json();
  };
  const text = async (path: string): Promise<string> => {
    const response = await api.get(path);
    expect(response.statusCode, `GET ${path}: ${response.body}`).toBe(200);
    return response.body;
  };
  const post = async (path: string, body?: object) => {
    const response = await api.post(path, body);
    expect([200, 201], `POST ${path}: ${response.statusCode} ${response.body}`).toContain(response.statusCode);
    return response.json();
  };
  /** The items of all pages of a list. */
  const all = async (path: string): Promise<{ id: string; type: string; source: string }[]> => {
    const items = [];
    for (let cursor = ''; ; ) {
      const page = await get(`${path}?limit=100${cursor}`);
      items.push(...page.items);
      if (page.nextCursor === null) return items;
      cursor = `&cursor=${page.nextCursor}`;
    }
  };
  return {
    get,
    text,
    post,
    all,
    leaderboard: async (studyId: string): Promise<Place[]> =>
      (await get(`/v1/studies/${studyId}/leaderboard?limit=100`)).items.map(
        ({ number, value }: { number: number; value: number | null }) => [number, value],
      ),
    measurements: async (trialId: string) => measurementsOf(await get(`/v1/trials/${trialId}`)),
    /** Waits until a study or a campaign has ended. */
    ended: (path: string) =>
      vi.waitFor(async () => expect((await get(path)).endedAt, `${path} has not ended`).not.toBeNull(), {
        timeout: 100_000,
        interval: 100,
      }),
  };
}
