import { expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { dataFolder } from './data-folder.ts';
import { allGone, processTree } from './process-tree.ts';
import { type ServiceProcess, startProcess } from './service-process.ts';

const quickstart = (path: string): ServiceProcess => startProcess(['quickstart'], { CLAVIER_DATA_DIR: path, CLAVIER_SLOTS: '2' });

/** Waits until a quickstart has written a text, and gives its first group; fails with all it wrote where it ends before. */
async function says(service: ServiceProcess, text: RegExp): Promise<string> {
  let code: number | null | undefined;
  void service.exited.then((ended) => {
    code = ended;
  });
  const found = (): RegExpExecArray | null => text.exec(service.output());
  await eventually(
    () => {
      if (code !== undefined && found() === null) throw new Error(`it ended with exit code ${code}:\n${service.output()}`);
      return found() !== null;
    },
    { until: `the quickstart says ${text}`, seconds: 120 },
  );
  return found()?.[1] ?? '';
}

/** Holds a quickstart to its end: exit code 130, and none of its processes is left. */
async function endsInterrupted(service: ServiceProcess, tree: readonly number[]): Promise<void> {
  let ended = false;
  void service.exited.then(() => {
    ended = true;
  });
  await eventually(() => ended, { until: 'the quickstart has ended' });
  expect(await service.exited, service.output()).toBe(130);
  await allGone(tree);
}

test('Ctrl-C ends a quickstart and all its processes, the same command goes on with its campaign, and twice Ctrl-C ends it too', async () => {
  await using folder = await dataFolder();
  await using first = quickstart(folder.path);
  const campaign = await says(first, /Campaign ([0-9a-f-]{36}) .*\. Random search, Bayesian optimisation/);
  const completed = Number(await says(first, /random ([1-9]\d*) of 12 /));
  const tree = processTree(first.pid);
  expect(tree.length).toBeGreaterThan(3); // itself, PostgreSQL and its children, trainers
  first.signal('SIGINT');
  await endsInterrupted(first, tree);
  expect(first.output()).toContain('Run the same command to continue');

  await using second = quickstart(folder.path);
  const goesOn = new RegExp(`Continuing campaign ${campaign}: (\\d+) trials are completed`);
  expect(Number(await says(second, goesOn))).toBeGreaterThanOrEqual(completed);
  await says(second, /(\d+\.\d) steps\/s/);
  const again = processTree(second.pid);
  second.signal('SIGINT');
  await says(second, /Stopping: (.*)/);
  second.signal('SIGINT');
  await endsInterrupted(second, again);
});
