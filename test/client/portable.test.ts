import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

const folder = resolve(import.meta.dirname, '../../src/client');

/** Modules that a file imports when it runs: those of types alone are left out. */
function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  const statements = [
    ...text.matchAll(/^(?:import|export)\s+(?!type\b)(?:[^;'"]*?\sfrom\s+)?'([^']+)'/gm),
    ...text.matchAll(/\bimport\(\s*'([^']+)'/g),
  ];
  return statements.map(([, module = '']) => (module.startsWith('.') ? resolve(dirname(file), module) : module));
}

test('the client runs wherever there is fetch: it imports its own files only, and no module of Node', () => {
  const files = readdirSync(folder).filter((name) => name.endsWith('.ts'));
  expect(files).toContain('clavier-client.ts');
  const outside = files.flatMap((name) =>
    importsOf(join(folder, name))
      .filter((module) => dirname(module) !== folder)
      .map((module) => `${name} imports ${relative(folder, module)}`),
  );
  expect(outside).toEqual([]);
});

test('the client uses no global of Node alone', () => {
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.ts')))
    expect(readFileSync(join(folder, name), 'utf8'), name).not.toMatch(/\b(?:process|Buffer|setImmediate|__dirname|require)\s*[.(]/);
});
