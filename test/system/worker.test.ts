import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TrialRepresentation } from '../../src/api/trial.ts';
import { eventually } from '../support/eventually.ts';
import { allGone } from './process-tree.ts';
import { type ServiceProcess, startProcess } from './service-process.ts';
import { startWorkerService, type WorkerService, workerStudy } from './workers.ts';

const trainScript = resolve(import.meta.dirname, '../../examples/shell/train.sh');

let service: WorkerService;
beforeAll(async () => {
  service = await startWorkerService();
});
afterAll(() => service[Symbol.asyncDispose]());

/** Starts `clavier worker STUDY OPTIONS -- COMMAND`. */
function startWorker(studyId: string, options: readonly string[], command: readonly string[]): ServiceProcess {
  return startProcess(['worker', studyId, ...options, '--', ...command], { CLAVIER_URL: service.url });
}

async function trialsOf(studyId: string): Promise<TrialRepresentation[]> {
  const trials: TrialRepresentation[] = [];
  for await (const trial of service.client.listTrials(studyId)) trials.push(trial);
  return trials;
}

/** A script that waits after its first report, and the file that gets its process id. */
function waitingScript(name: string): { command: readonly string[]; pid: () => Promise<number> } {
  const [script, file] = [join(service.folder, `${name}.sh`), join(service.folder, `${name}.pid`)];
  writeFileSync(
    script,
    `printf '%s' "$CLAVIER_RESUME"; echo '{"step": 1, "loss": 2, "checkpoint": "one"}'; echo $$ > ${file}; sleep 120\n`,
  );
  const pid = () =>
    eventually(() => Number(/^\d+$/m.exec(readFileSync(file, { encoding: 'utf8', flag: 'a+' }))?.[0] ?? Number.NaN) || false);
  return { command: ['sh', script], pid: async () => Number(await pid()) };
}

describe('clavier worker', () => {
  test('and another one evaluate a study by a shell script: each trial once, and the study can be verified', async () => {
    const { id } = await service.client.createStudy(workerStudy({ budget: { trials: 10 } }));
    const command = ['sh', trainScript, '{x}', '3'];
    await using one = startWorker(id, ['--jobs', '2', '--name', 'one'], command);
    await using two = startWorker(id, [], command);
    expect([await one.exited, await two.exited], one.output() + two.output()).toEqual([0, 0]);
    expect(one.output()).toMatch(/\nThe study has ended\. \d+ trials? completed here\.\n$/);
    expect(await service.client.getStudy(id)).toMatchObject({ state: 'completed', trials: { completed: 10, failed: 0 } });
    for (const { parameters, value, attempts, failures } of await trialsOf(id)) {
      expect({ attempts, failures }).toEqual({ attempts: 1, failures: 0 });
      expect(value).toBeCloseTo((Number(parameters['x']) - 1) ** 2 + 1 / 3, 4);
    }
    const lines = (one.output() + two.output()).match(/^trial \d+: loss \d+\.\d{4} \(best \d+\.\d{4}, \d+ of 10\)$/gm);
    expect(lines).toHaveLength(10);
    expect((await service.client.verifyStudy(id)).verified).toBe(true);
  });

  test('that is stopped by Ctrl-C ends its command, and its trial costs no attempt', async () => {
    const { id } = await service.client.createStudy(workerStudy());
    const script = waitingScript('stopped');
    await using worker = startWorker(id, [], script.command);
    const pid = await script.pid();
    worker.signal('SIGINT');
    expect(await worker.exited, worker.output()).toBe(130);
    await allGone([pid]);
    expect(await trialsOf(id)).toMatchObject([{ number: 0, state: 'queued', failures: 0 }]);
  });

  test('that is killed takes its command with it, and another worker continues the trial from its checkpoint', async () => {
    const { id } = await service.client.createStudy(workerStudy({ budget: { trials: 1 } }));
    const script = waitingScript('killed');
    await using worker = startWorker(id, ['--lease', '5', '--grace', '0'], script.command);
    const pid = await script.pid();
    await eventually(async () => (await trialsOf(id))[0]?.stepsDone === 1, { until: 'the report is stored' });
    process.kill(worker.pid, 'SIGKILL');
    await allGone([pid]);
    await using next = startWorker(id, [], ['sh', trainScript, '{x}', '3']);
    expect(await next.exited, next.output()).toBe(0);
    expect(next.output()).toContain('[0] starts after step 1\n');
    expect(await trialsOf(id)).toMatchObject([{ state: 'completed', attempts: 2 }]);
  });

  test('stops the command of a study that is cancelled', async () => {
    const { id } = await service.client.createStudy(workerStudy());
    const script = waitingScript('cancelled');
    await using worker = startWorker(id, ['--lease', '5', '--grace', '0'], script.command);
    const pid = await script.pid();
    await service.client.cancel(id);
    expect(await worker.exited, worker.output()).toBe(0);
    expect(worker.output()).toMatch(/trial 0 was stopped: .+\nThe study has ended\. 0 trials completed here, 1 stopped\.\n$/);
    await allGone([pid]);
  });
});
