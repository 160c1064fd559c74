#!/usr/bin/env node
// Usage: npm run bench:NAME [-- options]
// Sets up the checkout, compiles bench/ and the sources that it measures into dist/bench, and runs bench/NAME.ts from there.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { compile } from './setup/build.mjs';
import { exec } from './setup/exec.mjs';
import { SetupFailure } from './setup/failure.mjs';
import { projectRoot } from './setup/paths.mjs';
import { runAsCommand, setUp } from './setup.mjs';

await runAsCommand(async () => {
  const [name, ...args] = process.argv.slice(2);
  const names = readdirSync(join(projectRoot, 'bench'))
    .filter((file) => file.endsWith('.ts'))
    .map((file) => file.slice(0, -'.ts'.length));
  if (!names.includes(name))
    throw new SetupFailure(`There is no benchmark called ${name}. Choose one of: ${names.join(', ')}.`, { exitCode: 2 });
  await setUp({ quiet: true, tensorflow: 'once' });
  await compile(projectRoot, 'tsconfig.bench.json');
  process.exitCode = await exec(`dist/bench/bench/${name}.js`, args, { cwd: projectRoot });
});
