import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../store/temporary-folder.ts';
import { startProgram } from './program.ts';

const root = resolve(import.meta.dirname, '../..');

/** A program of another project. Errors that the compiler does not find are errors too. */
const program = `
import { createClient, optimize, ProblemError, type RunningTrial } from 'clavier/client';

const client = createClient({ baseUrl: 'http://127.0.0.1:8080' });
const objective = async ({ parameters, report, signal }: RunningTrial): Promise<number> => {
  const x = Number(parameters['x']);
  if (!signal.aborted) await report(1, { loss: x, other: Number.NaN }, { checkpoint: 'here' });
  return x;
};
export async function run(): Promise<number> {
  const { id } = await client.createStudy({
    name: 'of another project',
    searchSpace: [{ type: 'float', name: 'x', low: 0, high: 1 }],
    metrics: [{ name: 'loss' }],
    sampler: { type: 'random' },
    budget: { trials: 3 },
    objective: { type: 'external', metrics: [{ name: 'loss', direction: 'minimize' }] },
  });
  const { trials, waiting } = await client.ask(id, { worker: 'by hand' });
  for (const trial of trials) await client.complete(trial, { values: { loss: trial.number } });
  const reason: 'paused' | 'ended' | undefined = waiting?.reason === 'paused' || waiting?.reason === 'ended' ? waiting.reason : undefined;
  const { completed } = await optimize(client, id, objective, { concurrency: 2, signal: AbortSignal.timeout(1000) });
  return reason ? completed : 0;
}
export const isRefused = (error: unknown): boolean => error instanceof ProblemError && error.code === 'invalid-study';
// @ts-expect-error a worker has a name
void client.ask('id', { count: 1 });
// @ts-expect-error a study is a definition or a preset
void client.createStudy({ title: 'x' });
// @ts-expect-error a result is numbers
void optimize(client, 'id', () => 'good');
`;

test.each([
  ['Node', { module: 'nodenext', moduleResolution: 'nodenext', lib: ['es2022', 'dom'] }],
  ['a bundler', { module: 'esnext', moduleResolution: 'bundler', lib: ['es2022', 'dom', 'dom.iterable'] }],
])("another project's use of clavier/client type-checks as %s resolves it, without the types of Node", async (_, options) => {
  await using folder = await temporaryFolder();
  const compilerOptions = { target: 'es2022', strict: true, noEmit: true, skipLibCheck: false, types: [], ...options };
  mkdirSync(join(folder.path, 'node_modules'));
  symlinkSync(root, join(folder.path, 'node_modules/clavier'));
  writeFileSync(join(folder.path, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(folder.path, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['program.ts'] }));
  writeFileSync(join(folder.path, 'program.ts'), program);
  using compiler = startProgram([process.execPath, join(root, 'node_modules/typescript/bin/tsc'), '-p', folder.path]);
  expect(await compiler.exited, compiler.output()).toBe(0);
});
