import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { startTestService, type TestService } from '../service.ts';
import { work } from '../worker.ts';
import { generatedClient } from './generate.ts';
import { heyApiProgram, typedFetchProgram } from './programs.ts';

let service: TestService;
let address: string;
beforeAll(async () => {
  service = await startTestService();
  address = await service.app.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(() => service[Symbol.asyncDispose]());

it.each([
  [
    '@hey-api/openapi-ts',
    {
      program: '@hey-api/openapi-ts/bin/run.js',
      args: (document: string, output: string) => ['--input', document, '--output', output, '--silent'],
      output: 'src/client',
    },
    heyApiProgram,
  ],
  [
    'openapi-typescript',
    {
      program: 'openapi-typescript/bin/cli.js',
      args: (document: string, output: string) => [document, '--output', output],
      output: 'src/api.d.ts',
    },
    typedFetchProgram,
  ],
])('a client that %s generates compiles, runs a study to its end and handles a problem', async (_name, generator, program) => {
  await using client = await generatedClient(generator, program);
  await client.compile();
  const printed = client.use(address);
  const worked = eventually(async () => {
    expect(await work(service.database)).toBe(3);
  });
  await Promise.all([printed, worked]);
  expect(JSON.parse(await printed)).toEqual({
    state: 'completed',
    completed: 3,
    best: 1,
    status: 422,
    code: 'invalid-study',
    pointers: ['/preset'],
  });
});
