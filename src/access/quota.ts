import { DomainError } from '../shared/errors.ts';

/** Upper bounds of what a project uses; null: none. */
export interface Quotas {
  /** Studies that are active or paused. */
  readonly openStudies: number | null;
  /** Trials that are created in one day of UTC. */
  readonly trialsPerDay: number | null;
  /** Rows and checkpoints, in bytes. */
  readonly storedBytes: number | null;
  /** Trials that runners evaluate at once. Trials of workers of clients are not among them. */
  readonly slots: number | null;
}

/** Usage of a project. */
export interface ProjectUsage {
  readonly openStudies: number;
  /** Trials that were created since midnight UTC. Those of deleted studies are not among them. */
  readonly trialsToday: number;
  /** As of `measuredAt`; null: it is measured only with that quota, and was not yet. */
  readonly storedBytes: number | null;
  readonly measuredAt: Date | null;
  readonly slots: number;
}

/** A quota that is used up. */
export interface SpentQuota {
  readonly project: string;
  readonly quota: 'openStudies' | 'trialsPerDay' | 'storedBytes';
  readonly used: number;
  readonly limit: number;
}

/** Refuses something because a quota is used up. `details.retryAfterSeconds` is set where time helps. */
export function quotaExceeded(spent: SpentQuota, now = new Date()): DomainError {
  const retryAfterSeconds = spent.quota === 'trialsPerDay' ? secondsUntilMidnight(now) : null;
  return new DomainError('quota-exceeded', textOf(spent), {
    details: { ...spent, ...(retryAfterSeconds !== null && { retryAfterSeconds }) },
  });
}

function textOf({ project, quota, used, limit }: SpentQuota): string {
  const raise = 'ask an administrator for more';
  switch (quota) {
    case 'openStudies':
      return `the project ${project} would have ${used} open studies, and its quota openStudies is ${limit}: wait until one ends, cancel one, or ${raise}`;
    case 'trialsPerDay':
      return `the project ${project} created ${used} trials today, and its quota trialsPerDay is ${limit}: go on after midnight UTC, or ${raise}`;
    case 'storedBytes':
      return `the project ${project} stores ${used} bytes, and its quota storedBytes is ${limit}: delete studies, which counts within minutes, or ${raise}`;
  }
}

const daySeconds = 86_400;

function secondsUntilMidnight(now: Date): number {
  return daySeconds - (Math.floor(now.getTime() / 1000) % daySeconds);
}
