import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ProjectDetails } from '../../src/api/project.ts';
import { temporaryFolder } from '../store/temporary-folder.ts';
import { commandLine } from './command-line.ts';
import { listed as inLines } from './fake-client.ts';

const unlimited = { openStudies: null, trialsPerDay: null, storedBytes: null, slots: null };
const vision: ProjectDetails = {
  name: 'vision',
  createdAt: '2026-11-24T12:00:00.000Z',
  state: 'active',
  weight: 3,
  quotas: { ...unlimited, openStudies: 10, storedBytes: 1_000_000 },
  usage: { openStudies: 2, trialsToday: 40, storedBytes: null, measuredAt: null, slots: 1 },
};
const { usage: _usage, ...listed } = vision;
const shown = [
  'project       vision',
  'weight        3',
  'open studies  2 of 10',
  'trials today  40 of no limit',
  'stored bytes  not measured of 1000000',
  'slots         1 of no limit',
  '',
].join('\n');

describe('project', () => {
  test('create says how to go on, or prints JSON', async () => {
    const answers = { createProject: async () => listed };
    const { code, out, err, calls } = await commandLine(['project', 'create', 'vision'], answers);
    expect([code, out]).toEqual([0, '']);
    expect(err).toBe('Created the project vision. Make keys for it with: clavier key create NAME --scopes write --project vision\n');
    expect(calls).toEqual([['createProject', 'vision']]);
    expect(JSON.parse((await commandLine(['project', 'create', 'vision', '--json'], answers)).out)).toEqual(listed);
    const wrong = await commandLine(['project', 'create', 'Vision'], answers);
    expect([wrong.code, wrong.calls]).toEqual([2, []]);
  });

  test('list prints a table, or JSON', async () => {
    const listProjects = async () => [listed];
    const { out } = await commandLine(['project', 'list'], { listProjects });
    expect(out.split('\n')[2]?.split(/ {2,}/).slice(0, 3)).toEqual(['vision', 'active', '3']);
    expect(JSON.parse((await commandLine(['project', 'list', '--json'], { listProjects })).out)).toEqual([listed]);
  });

  test('show prints what is used of each quota', async () => {
    const { out, calls } = await commandLine(['project', 'show', 'vision'], { getProject: async () => vision });
    expect([out, calls]).toEqual([shown, [['getProject', 'vision']]]);
  });

  test('change sets the weight and quotas, lifts them with none, and leaves the others', async () => {
    const changeProject = async () => vision;
    const args = ['project', 'change', 'vision', '--weight', '3', '--open-studies', '10', '--slots', 'none'];
    const { out, calls } = await commandLine(args, { changeProject });
    expect(out).toBe(shown);
    expect(calls).toEqual([['changeProject', 'vision', { weight: 3, quotas: { openStudies: 10, slots: null } }]]);
    for (const wrong of [[], ['--weight', '0'], ['--weight', '1001'], ['--slots', '-1'], ['--slots', 'few']]) {
      const refused = await commandLine(['project', 'change', 'vision', ...wrong], { changeProject });
      expect([refused.code, refused.calls]).toEqual([2, []]);
    }
  });

  describe('export', () => {
    const lines = ['{"kind":"study"}', '{"kind":"end","campaigns":0,"studies":1}'];
    const whole = `${lines.join('\n')}\n`;

    test('writes the lines as they come, into a file or not', async () => {
      await using folder = await temporaryFolder();
      const file = join(folder.path, 'vision.ndjson');
      const answers = { exportProject: () => inLines(...lines) };
      const { code } = await commandLine(['project', 'export', 'vision', '-o', file], answers);
      expect([code, await readFile(file, 'utf8'), await readdir(folder.path)]).toEqual([0, whole, ['vision.ndjson']]);
      expect((await commandLine(['project', 'export', 'vision'], answers)).out).toBe(whole);
    });

    test('that ends too early fails, and leaves a file as it was', async () => {
      await using folder = await temporaryFolder();
      const file = join(folder.path, 'vision.ndjson');
      await writeFile(file, 'before');
      async function* exportProject() {
        yield '{"kind":"study"}';
        throw new Error('the export is incomplete');
      }
      const { code } = await commandLine(['project', 'export', 'vision', '-o', file], { exportProject });
      expect([code, await readFile(file, 'utf8'), await readdir(folder.path)]).toEqual([1, 'before', ['vision.ndjson']]);
    });

    test('into a folder that there is not is refused', async () => {
      const args = ['project', 'export', 'vision', '-o', '/nowhere/vision.ndjson'];
      expect((await commandLine(args, { exportProject: () => inLines(...lines) })).code).toBe(2);
    });
  });

  test('erase asks first, unless it is told not to', async () => {
    const eraseProject = async () => ({ ...listed, state: 'erasing' as const });
    const { code, err, calls } = await commandLine(['project', 'erase', 'vision', '--yes'], { eraseProject });
    expect([code, calls]).toEqual([0, [['eraseProject', 'vision']]]);
    expect(err).toBe('The project vision is being erased. clavier project show vision tells when it is gone.\n');
    const unasked = await commandLine(['project', 'erase', 'vision'], { eraseProject });
    expect([unasked.code, unasked.calls]).toEqual([2, []]);
  });
});
