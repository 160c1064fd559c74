import { type FakeObjective, whatCounts } from './simulator.ts';

/** A value for each of these trials, and another for all others. */
export const byNumber =
  (values: Readonly<Record<number, number>>, otherwise: number): FakeObjective =>
  ({ number }) =>
    values[number] ?? otherwise;
/** The same value for every trial. */
export const half: FakeObjective = () => 0.5;
/** Every attempt fails. */
export const failing: FakeObjective = () => ({ code: 'training-error', message: 'it broke' });
/** Numbers of the trials that count. */
export const counted = (study: Parameters<typeof whatCounts>[0]): number[] =>
  JSON.parse(whatCounts(study)).trials.map((trial: { number: number }) => trial.number);
