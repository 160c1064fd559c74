import { buildStep } from './build.mjs';
import { databaseClientStep } from './database-client.mjs';
import { withLock } from './lock.mjs';
import { packagesStep } from './packages.mjs';
import { lockFile, projectRoot } from './paths.mjs';
import { createProgress, seconds } from './progress.mjs';
import { tensorflowStep } from './tensorflow-step.mjs';

/** In the order of their dependencies. */
const steps = [packagesStep, databaseClientStep, buildStep];

/** See `setUp` in ../setup.mjs. The lock is taken only if there is something to do, because a finished checkout may be read-only. */
export async function prepare({ quiet, tensorflow, root = projectRoot }) {
  const startedAt = Date.now();
  const context = { root, progress: createProgress({ quiet }), tensorflow };
  const all = tensorflow === 'never' ? steps : [...steps, tensorflowStep];
  if (await isReady(all, context)) {
    context.progress.note('Everything is set up already.');
    return;
  }
  const onWait = (pid) => context.progress.say(`Another set-up (process ${pid}) is running in this checkout; waiting for it to finish.`);
  await withLock(lockFile(root), () => runAll(all, context), onWait);
  context.progress.note(`The set-up is complete (${seconds(Date.now() - startedAt)}).`);
}

async function isReady(all, context) {
  for (const step of all) if (!(await step.isDone(context))) return false;
  return true;
}

/** Runs the missing steps. Each is checked again under the lock, because the previous holder may have done it. */
async function runAll(all, context) {
  for (const step of all) {
    if (await step.isDone(context)) continue;
    if (step.reportsItself) await step.run(context);
    else await context.progress.during(step.title, () => step.run(context));
  }
}
