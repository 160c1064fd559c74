import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { actAtFaultPoints } from '../../src/shared/fault-points.ts';
import { inStatement, inTransaction } from '../../src/store/database/database.ts';
import { Prisma } from '../../src/store/generated/client.ts';
import { openStudyStore, type StudyStore } from './study-fixture.ts';

let store: StudyStore;
beforeAll(async () => {
  store = await openStudyStore();
  await store.sql('CREATE TABLE fruit (name text)');
});
afterAll(() => store[Symbol.asyncDispose]());
beforeEach(() => store.sql('TRUNCATE fruit'));
afterEach(() => actAtFaultPoints(null));

/** What others see at each fault point that is passed. */
function watch(): string[] {
  const seen: string[] = [];
  actAtFaultPoints(async (point) => void seen.push(`${point} ${await fruits()}`));
  return seen;
}

async function fruits(): Promise<number> {
  return (await store.sql('SELECT 1 FROM fruit')).length;
}

const insert = Prisma.sql`INSERT INTO fruit VALUES ('plum')`;
const lostRace = () => new Prisma.PrismaClientKnownRequestError('it lost a race', { code: 'P2034', clientVersion: '' });

describe('fault points of a transaction', () => {
  it('lie around its commit, for all that the work turned out to do', async () => {
    const seen = watch();
    const names = new Set<'create' | 'advance'>();
    const work = async (tx: Parameters<Parameters<typeof inTransaction>[1]>[0]) => {
      names.add('create').add('advance');
      return tx.$executeRaw(insert);
    };
    expect(await inTransaction(store.database, work, () => names)).toBe(1);
    expect(seen).toEqual(['create.before 0', 'advance.before 0', 'create.after 1', 'advance.after 1']);
  });

  it('undo all where the fault comes before the commit, and nothing where it comes after', async () => {
    for (const [moment, left] of [
      ['before', 0],
      ['after', 1],
    ] as const) {
      actAtFaultPoints(async (point) => {
        if (point === `report.${moment}`) throw new Error('on purpose');
      });
      await expect(
        inTransaction(
          store.database,
          (tx) => tx.$executeRaw(insert),
          () => ['report'],
        ),
      ).rejects.toThrow('on purpose');
      expect(await fruits()).toBe(left);
    }
  });

  it('are passed again before the commit of work that lost a race, and once after it', async () => {
    const passed: string[] = [];
    actAtFaultPoints(async (point) => {
      passed.push(point);
      if (passed.length === 1) throw lostRace();
    });
    await inTransaction(
      store.database,
      (tx) => tx.$executeRaw(insert),
      () => ['settle'],
    );
    expect(passed).toEqual(['settle.before', 'settle.before', 'settle.after']);
    expect(await fruits()).toBe(1);
  });
});

describe('fault points of a statement', () => {
  it('lie around it', async () => {
    const seen = watch();
    expect(await inStatement('claim', () => store.database.$executeRaw(insert))).toBe(1);
    expect(seen).toEqual(['claim.before 0', 'claim.after 1']);
  });
});
