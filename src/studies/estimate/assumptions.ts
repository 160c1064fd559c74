import type { objectiveFor } from '../../objectives/table.ts';

const notCosted = 'The objective has no estimate of processor time and disk.';

const subjects = {
  study: { reuses: 'the study reuses', takes: 'the study takes', parallelism: 'the parallelism of the study' },
  campaign: {
    reuses: 'the searches reuse',
    takes: 'the campaign takes',
    parallelism: 'the parallelism of the parts that are open together',
  },
} as const;

/** Returns the assumptions of an estimate of a study or a campaign in words. */
export function assumptionsText({ cost }: Pick<ReturnType<typeof objectiveFor>, 'cost'>, estimated: keyof typeof subjects): string {
  const { reuses, takes, parallelism } = subjects[estimated];
  const counts = `Trials are counts; trainings and steps at most are upper bounds. Expected steps, core-seconds and disk are those of the points of a list or grid; for other searches they assume configurations spread evenly over the search space, and a search that prefers more expensive ones takes longer. The estimate assumes that ${reuses} no result and that no training diverges; otherwise ${takes} less.`;
  const costed = `To get the elapsed time, divide core-seconds by the number of trials that run at once: the slots of all runners, but at most ${parallelism}. Disk counts the last step checkpoint of each training; the service deletes old ones above its limit.`;
  return [counts, ...(cost ? [cost.assumes, costed] : [notCosted])].join(' ');
}
