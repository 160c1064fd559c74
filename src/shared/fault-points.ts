/** The commits that a process makes. Each has a fault point before it and one after it. */
export const commitNames = [
  'claim',
  'report',
  'settle',
  'release',
  'create',
  'import',
  'move',
  'advance',
  'campaign-step',
  'migration',
] as const;
export type CommitName = (typeof commitNames)[number];

/**
 * A place in the code at which a test can kill, stall or fail the process. `before`: all the work is done and nothing is
 * committed. `after`: the work is committed and no caller has been told. `checkpoint`: a step's file, before and after it is
 * renamed to its final name.
 */
export type FaultPoint = `${CommitName | 'checkpoint'}.${'before' | 'after'}`;

/** Every fault point. */
export const faultPoints: readonly FaultPoint[] = [...commitNames, 'checkpoint' as const].flatMap((name): FaultPoint[] => [
  `${name}.before`,
  `${name}.after`,
]);

let hook: ((point: FaultPoint) => Promise<void>) | null = null;

/** Installs a test's hook at the fault points; null removes it (a running service never has one). An error of the hook is thrown at the point. */
export function actAtFaultPoints(act: ((point: FaultPoint) => Promise<void>) | null): void {
  hook = act;
}

/**
 * Runs the hook of a fault point, if a test has installed one.
 *
 * @throws the errors of the hook
 */
export async function faultPoint(point: FaultPoint): Promise<void> {
  if (hook) await hook(point);
}
