/** What a process commits; around each lies a fault point. */
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
 * A place in the code at which a test can kill, stall or fail the process. `before`: all is done and nothing is committed;
 * `after`: it is committed and nobody was told. `checkpoint`: the file of a step, before and after it has its name.
 */
export type FaultPoint = `${CommitName | 'checkpoint'}.${'before' | 'after'}`;

/** Every fault point. */
export const faultPoints: readonly FaultPoint[] = [...commitNames, 'checkpoint' as const].flatMap((name): FaultPoint[] => [
  `${name}.before`,
  `${name}.after`,
]);

let hook: ((point: FaultPoint) => Promise<void>) | null = null;

/** Lets a test act at fault points; null: nobody acts, as in every service. What the hook throws, the code at the point throws. */
export function actAtFaultPoints(act: ((point: FaultPoint) => Promise<void>) | null): void {
  hook = act;
}

/** Passes a fault point. */
export async function faultPoint(point: FaultPoint): Promise<void> {
  if (hook) await hook(point);
}
