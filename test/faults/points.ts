import type { CommitName, FaultPoint } from '../../src/shared/fault-points.ts';

/** Where a fault lies: before something is done for good, or after it while nobody was told yet. */
export const moments = ['before', 'after'] as const;

type Name = CommitName | 'checkpoint';

/** A pass of a fault point, counted from 1 in the process that dies there. */
export interface Pass {
  readonly point: FaultPoint;
  readonly hit: number;
}

/** What a runner does for a trial; the pass lies in the middle of the study. */
export const trialPasses: readonly Pass[] = passes({ claim: 3, report: 3, settle: 4, advance: 2 });
/** The end of the searches of a campaign, and the end of its final. */
export const campaignPasses: readonly Pass[] = [...passes({ 'campaign-step': 1 }), ...passes({ 'campaign-step': 2 })];
export const releasePasses: readonly Pass[] = passes({ release: 1 });
/** What a client asks for. */
export const requestPasses = { create: passes({ create: 1 }), import: passes({ import: 1 }), move: passes({ move: 1 }) };
export const migrationPasses: readonly Pass[] = passes({ migration: 2 });
/** Of a trainer. */
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
  const names = Object.keys(hits) as Name[]; // the type of the parameter allows no others
  return names.flatMap((name) => moments.map((moment): Pass => ({ point: `${name}.${moment}`, hit: hits[name] ?? 1 })));
}
