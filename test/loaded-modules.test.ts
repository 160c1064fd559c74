import { readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

const source = resolve(import.meta.dirname, '../src');

/** The files and packages that are loaded with a file, itself included: types and `await import` load nothing. */
function loadedWith(file: string, known = new Set<string>()): Set<string> {
  if (known.has(file)) return known;
  known.add(file);
  for (const [, names = '', from = ''] of readFileSync(file, 'utf8').matchAll(
    /^(?:import|export) (?!type )([^;']*?)(?:from )?'([^']+)';/gms,
  )) {
    const loadsNothing =
      names.includes('{') &&
      names
        .replace(/[{}]/g, '')
        .split(',')
        .every((name) => /^\s*(type .*)?$/s.test(name));
    if (loadsNothing) continue;
    if (from.startsWith('.')) loadedWith(join(dirname(file), from), known);
    else known.add(from);
  }
  return known;
}

const loadedBy = (file: string): string[] =>
  [...loadedWith(join(source, file))].map((loaded) => (loaded.startsWith('/') ? relative(source, loaded) : loaded));

test('a command that calls a service loads no part of the server: it answers at once', () => {
  const loaded = loadedBy('main.ts');
  expect(loaded).toContain('cli/study-commands.ts');
  expect(loaded).toContain('commander');
  const heavy = /^(http|runner|planner|report|store)\/|^(fastify|@prisma\/.*|@observablehq\/.*|linkedom)$/;
  expect(loaded.filter((file) => heavy.test(file) && !file.endsWith('/errors.ts'))).toEqual([]);
});

test('a service starts without the libraries that draw plots: the first page loads them', () => {
  const loaded = loadedBy('service.ts');
  expect(loaded).toContain('http/routes/reports.ts');
  expect(loaded.filter((file) => /^(@observablehq\/.*|d3-.*|linkedom)$/.test(file))).toEqual([]);
  expect(loadedBy('report/page.ts')).toEqual(expect.arrayContaining(['@observablehq/plot', 'linkedom']));
});
