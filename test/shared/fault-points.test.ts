import { afterEach, describe, expect, it } from 'vitest';
import { actAtFaultPoints, commitNames, faultPoint, faultPoints } from '../../src/shared/fault-points.ts';
import { killedAt } from '../faults/points.ts';

afterEach(() => actAtFaultPoints(null));

describe('fault points', () => {
  it('lie before and after every commit and every step checkpoint', () => {
    expect(faultPoints).toHaveLength(2 * (commitNames.length + 1));
    expect(new Set(faultPoints).size).toBe(faultPoints.length);
    expect(faultPoints).toEqual(expect.arrayContaining(['claim.before', 'migration.after', 'checkpoint.before', 'checkpoint.after']));
  });

  it('each have a test in which a process is killed there', () => {
    expect(new Set(killedAt.map(({ point }) => point))).toEqual(new Set(faultPoints));
  });

  it('do nothing where nobody acts', async () => {
    await expect(faultPoint('claim.before')).resolves.toBeUndefined();
  });

  it('let the code go on only once the act is over, and fail where it fails', async () => {
    const passed: string[] = [];
    actAtFaultPoints(async (point) => {
      await Promise.resolve();
      if (point === 'settle.after') throw new Error('on purpose');
      passed.push(point);
    });
    await faultPoint('settle.before');
    expect(passed).toEqual(['settle.before']);
    await expect(faultPoint('settle.after')).rejects.toThrow('on purpose');
    actAtFaultPoints(null);
    await faultPoint('settle.before');
    expect(passed).toEqual(['settle.before']);
  });
});
