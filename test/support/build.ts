import { checkout } from '../chaos/checkout.ts';

interface BuildStep {
  isDone(context: { root: string }): boolean;
  run(context: { root: string }): Promise<void>;
}
type WithLock = (path: string, work: () => Promise<void>) => Promise<void>;

const script = (name: string): string => new URL(`../../scripts/setup/${name}.mjs`, import.meta.url).href;
const { buildStep }: { buildStep: BuildStep } = await import(script('build'));
const { withLock }: { withLock: WithLock } = await import(script('lock'));
const { lockFile }: { lockFile: (root: string) => string } = await import(script('paths'));

/** Compiles src/ before tests that start processes and threads, unless dist/ is that of the sources already. */
export default async function build(): Promise<void> {
  const context = { root: checkout };
  if (buildStep.isDone(context)) return;
  await withLock(lockFile(checkout), async () => {
    if (!buildStep.isDone(context)) await buildStep.run(context);
  });
}
