import { type RandomStream, randomStream } from '../../src/shared/random.ts';
import type { ResolvedSpec } from '../../src/studies/definition/definition.ts';
import { planAdvance } from '../../src/studies/search/advance-plan.ts';
import { advance, advanceOnce, type FakeObjective, openTrials, type SimulatedStudy, settle, startStudy, viewOf } from './simulator.ts';

/** A trial that a slot has claimed, and when it is done with it, in virtual seconds. */
interface Claim {
  readonly trial: number;
  readonly until: number;
}

/** How a study is run. */
export interface Course {
  readonly slots: number;
  /** Of all that happens by chance. */
  readonly seed: number;
  /** Looks at the study between any two things that happen. */
  readonly watch?: (study: SimulatedStudy) => void;
}

/**
 * Runs a study to its end on some slots, in virtual time. Each takes a queued trial, most often the oldest, for a random while;
 * some trials take a hundred times as long as others. Slots die in the midst (the trial goes back), or between settling a trial
 * and the advance; advances are lost before their commit, done twice, or cut short after a step, and a sweep makes up for them;
 * now and then the study is paused: what runs then finishes, or is put back.
 */
export function runOnSlots(spec: ResolvedSpec, objective: FakeObjective, { slots, seed, watch }: Course): SimulatedStudy {
  const chance = randomStream(seed, 'slots');
  const study = startStudy(spec);
  let claims: Claim[] = [];
  let now = 0;
  while (study.state === 'active') {
    watch?.(study);
    claims = claimed(study, claims, { slots, now, chance });
    const next = claims.toSorted((a, b) => a.until - b.until)[0];
    // Nobody works: only a sweep can find more to do.
    if (!next || chance.integer(12) === 0) advance(study);
    if (!next || study.state !== 'active') continue;
    now = next.until;
    claims = claims.filter((claim) => claim !== next);
    if (chance.integer(10) === 0) continue; // It died: its lease ends and the trial is queued again.
    settle(study, next.trial, objective);
    if (chance.integer(15) === 0) claims = finishedWhilePaused(study, claims, objective, chance);
    else moveOn(study, chance);
  }
  return study;
}

/** As many claims as there are slots and queued trials. */
function claimed(study: SimulatedStudy, claims: readonly Claim[], world: { slots: number; now: number; chance: RandomStream }): Claim[] {
  const { slots, now, chance } = world;
  const running = new Set(claims.map(({ trial }) => trial));
  const queued = openTrials(study).filter((number) => !running.has(number));
  const made = [...claims];
  while (made.length < slots && queued.length > 0) {
    const place = chance.integer(4) === 0 ? chance.integer(queued.length) : 0;
    for (const trial of queued.splice(place, 1)) made.push({ trial, until: now + 10 ** (2 * chance.uniform()) });
  }
  return made;
}

/** Whoever settled a trial moves its study on, or dies first. */
function moveOn(study: SimulatedStudy, chance: RandomStream): void {
  const fate = chance.integer(8);
  if (fate === 0) return;
  if (fate === 1)
    planAdvance(viewOf(study)); // Made, and lost with its transaction.
  else if (fate === 2) advanceOnce(study);
  else advance(study);
  if (fate === 3) advance(study);
}

/** A pause: nothing is claimed and no advance is made; trials that run finish or are released. Then it is resumed. */
function finishedWhilePaused(study: SimulatedStudy, claims: readonly Claim[], objective: FakeObjective, chance: RandomStream): Claim[] {
  for (const { trial } of claims) if (chance.integer(2) === 0) settle(study, trial, objective);
  advance(study);
  return [];
}
