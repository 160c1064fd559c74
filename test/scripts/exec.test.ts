import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';

const script = new URL('../../scripts/setup/exec.mjs', import.meta.url).href;

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'clavier-exec-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Starts a process that hands over to `program`. Its clock moves on by `tickMs` at every look, and not otherwise. */
function start(program: string, { args = [], tickMs = 0 }: { args?: string[]; tickMs?: number } = {}) {
  writeFileSync(join(folder, 'program.mjs'), program);
  const parent = `import { exec } from ${JSON.stringify(script)};
    let now = 0;
    Date.now = () => (now += ${tickMs});
    process.exitCode = await exec('program.mjs', ${JSON.stringify(args)}, { cwd: ${JSON.stringify(folder)} });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', parent], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  return { child, output: () => output };
}

/** A service that says every interrupt it gets and ends when it is terminated. */
const counting = `
  process.on('SIGINT', () => console.log('interrupt'));
  process.on('SIGTERM', () => { console.log('end'); process.exit(0); });
  setInterval(() => {}, 1000);
  console.log('ready');`;

describe('handing over to the service', () => {
  test('passes arguments, output and exit code through', async () => {
    const { child, output } = start('console.log(JSON.stringify(process.argv.slice(2))); process.exitCode = 7;', {
      args: ['--dataset', 'im db'],
    });
    const [code] = await once(child, 'close');
    expect(code).toBe(7);
    expect(output()).toBe('["--dataset","im db"]\n');
  });

  test('answers 128 + its number for a signal that ended the service', async () => {
    const { child } = start('process.kill(process.pid, "SIGKILL");');
    expect(await once(child, 'close')).toEqual([137, null]);
  });

  test('lets one Ctrl-C reach the service once, though the terminal and npm both send it', async () => {
    const { child, output } = start(counting);
    await eventually(() => expect(output()).toBe('ready\n'));
    child.kill('SIGINT');
    await eventually(() => expect(output()).toBe('ready\ninterrupt\n'));
    child.kill('SIGINT');
    child.kill('SIGTERM');
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(output()).toBe('ready\ninterrupt\nend\n');
  }, 60_000);

  test('lets a second Ctrl-C, pressed later, reach the service too', async () => {
    const { child, output } = start(counting, { tickMs: 60_000 });
    await eventually(() => expect(output()).toBe('ready\n'));
    child.kill('SIGINT');
    await eventually(() => expect(output()).toBe('ready\ninterrupt\n'));
    child.kill('SIGINT');
    await eventually(() => expect(output()).toBe('ready\ninterrupt\ninterrupt\n'));
    child.kill('SIGTERM');
    expect(await once(child, 'close')).toEqual([0, null]);
  }, 60_000);
});
