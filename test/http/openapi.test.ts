import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { renderOpenApi } from '../../src/http/openapi.ts';
import { startTestService } from './service.ts';

it('has a committed document that is what the routes say (npm run --silent openapi > openapi/openapi.json)', async () => {
  const committed = await readFile(resolve(import.meta.dirname, '../../openapi/openapi.json'), 'utf8');
  expect(await renderOpenApi()).toBe(committed);
});

it('names every schema once where reading and sending agree, and refers to nothing that is missing', async () => {
  const text = await renderOpenApi();
  const { components } = JSON.parse(text);
  for (const [, name] of text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)) expect(components.schemas).toHaveProperty(String(name));
  for (const name of Object.keys(components.schemas))
    if (name.endsWith('Input')) expect(components.schemas).toHaveProperty(name.slice(0, -5));
});

it('serves the document and a page for people that loads nothing from elsewhere', async () => {
  await using service = await startTestService();
  expect((await service.get('/openapi.json')).json()).toEqual(JSON.parse(await renderOpenApi()));
  const page = await service.get('/docs/');
  expect(page.statusCode).toBe(200);
  expect(page.body).not.toMatch(/(src|href)="https?:/);
  expect((await service.get('/docs')).statusCode).toBeLessThan(400);
  const script = /src="([^"]*swagger-ui-bundle[^"]*)"/.exec(page.body)?.[1] ?? '';
  expect((await service.get(new URL(script, 'http://service/docs/').pathname)).statusCode).toBe(200);
});
