import type { CommitName, FaultPoint } from '../../src/shared/fault-points.ts';

/** Moment of a fault: before a commit, or after it when no caller has been told yet. */
export const moments = ['before', 'after'] as const;

type Name = CommitName | 'checkpoint';

/** A pass of a fault point, counted from 1 in the process that has the fault. */
export interface Pass {
  readonly point: FaultPoint;
  readonly hit: number;
}

/** Commits of a runner for a trial, at a pass in the middle of the study. */
export const trialPasses: readonly Pass[] = passes({ claim: 3, report: 3, settle: 4, advance: 2 });
/** The end of a campaign's searches and the end of its final. */
export const campaignPasses: readonly Pass[] = [...passes({ 'campaign-step': 1 }), ...passes({ 'campaign-step': 2 })];
export const releasePasses: readonly Pass[] = passes({ release: 1 });
/** Commits of a client's requests. */
export const requestPasses = { create: passes({ create: 1 }), import: passes({ import: 1 }), move: passes({ move: 1 }) };
export const migrationPasses: readonly Pass[] = passes({ migration: 2 });
/** Commits of a trainer. */
export const checkpointPasses: readonly Pass[] = passes({ checkpoint: 2 });

/** Every pass at which a process is killed. */
export const killedAt: readonly Pass[] = [
  ...trialPasses,
  ...campaignPasses,
  ...releasePasses,
  ...Object.values(requestPasses).flat(),
  ...migrationPasses,
  ...checkpointPasses,
];

function passes(hits: Partial<Record<Name, number>>): Pass[] {
  const names = Object.keys(hits) as Name[]; // the type of the parameter allows no other keys
  return names.flatMap((name) => moments.map((moment): Pass => ({ point: `${name}.${moment}`, hit: hits[name] ?? 1 })));
}
