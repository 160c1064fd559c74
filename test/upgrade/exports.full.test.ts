import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answers } from './answers.ts';
import { documentOf, endOf, manifest, readDocument } from './fixtures.ts';
import { openNew, type UpgradedService } from './service.ts';
import { asWritten, today, viewOfStudy } from './view.ts';

// The exports of 0.1.0: each is imported as it was, verifies, and is forked; imports and forks are searched to their ends.

let service: UpgradedService;
let ask: ReturnType<typeof answers>;
const imported = new Map<string, string>();
const forked = new Map<string, string>();
beforeAll(async () => {
  service = await openNew();
  ask = answers(service.api);
});
afterAll(() => service[Symbol.asyncDispose]());

const { studies, campaigns, forks } = manifest;
const names = [...studies.map(({ name }) => name), ...campaigns.flatMap(({ name, parts }) => parts.map((part) => `${name}/${part.name}`))];
const viewAt = async (id: string | undefined) => viewOfStudy(await ask.get(`/v1/studies/${id}/export`));
const verified = { verified: true, differences: [] };

describe('an export of 0.1.0', () => {
  it.each(names)('%s: imports as it was, and verifies', async (name) => {
    const { id } = await ask.post('/v1/studies/import', { document: documentOf(name) });
    imported.set(name, id);
    expect(asWritten(await ask.get(`/v1/studies/${id}/export`))).toEqual(asWritten(documentOf(name)));
    expect(await ask.post(`/v1/studies/${id}/verify`)).toMatchObject(verified);
  });

  it.each(forks)('$name: forks with its first results', async ({ name, request, file }) => {
    const { id, state } = await ask.post('/v1/studies/import', { document: documentOf(name), ...request });
    forked.set(name, id);
    const { trials } = await viewAt(id);
    expect(trials.length).toBeGreaterThan(0);
    expect(trials).toEqual(viewOfStudy(readDocument(file)).trials.slice(0, trials.length));
    expect(['active', 'completed', 'failed']).toContain(state);
    expect(await ask.post(`/v1/studies/${id}/verify`)).toMatchObject(verified);
  });
});

describe('what was made of an export of 0.1.0', () => {
  beforeAll(async () => {
    await service.startRunner();
    for (const [name, id] of imported) if (documentOf(name).state === 'paused') await ask.post(`/v1/studies/${id}/resume`);
    for (const id of [...imported.values(), ...forked.values()]) await ask.ended(`/v1/studies/${id}`);
  });

  it.each(forks.filter(({ repeatable }) => repeatable))('$name: the fork ends as it did in 0.1.0, and verifies', async ({ name, file }) => {
    expect(await viewAt(forked.get(name))).toEqual(viewOfStudy(readDocument(file)));
    expect(await ask.post(`/v1/studies/${forked.get(name)}/verify`)).toMatchObject(verified);
  });

  it.each(forks.filter(({ repeatable }) => !repeatable))('$name: the fork ends with its budget, and verifies', async ({ name, file }) => {
    const { state, outcome, trials } = await viewAt(forked.get(name));
    const known = readDocument(file).trials.length;
    expect([state, outcome?.reason, trials.length]).toEqual(['completed', today('reason', 'budget'), known]);
    expect(await ask.post(`/v1/studies/${forked.get(name)}/verify`)).toMatchObject(verified);
  });

  const isRepeatable = (name: string): boolean => studies.find((study) => study.name === name)?.repeatable !== false;
  it.each(names.filter((name) => endOf(name) && isRepeatable(name)))(
    '%s: what was imported in the middle ends as it would have in 0.1.0',
    async (name) => {
      const end = endOf(name);
      expect(await viewAt(imported.get(name))).toEqual(end && viewOfStudy(end));
      expect(await ask.post(`/v1/studies/${imported.get(name)}/verify`)).toMatchObject(verified);
    },
  );
});
