import type { objectiveFor } from '../../objectives/table.ts';

const costed =
  'Divide core-seconds by the number of cores to get the elapsed time. Disk counts the last step checkpoint of each training; the service deletes old ones above its limit.';
const notCosted = 'The objective has no estimate of processor time and disk.';

/** Returns the assumptions of an estimate in words. @param whose the searches that are estimated, as the subject of a sentence */
export function assumptionsText(
  { cost }: Pick<ReturnType<typeof objectiveFor>, 'cost'>,
  whose: 'the study reuses' | 'the searches reuse',
): string {
  const counted = `Trials are counts; trainings and steps at most are upper bounds. Expected steps, core-seconds and disk assume configurations spread evenly over the search space; a search that prefers more expensive ones takes longer. The estimate assumes that ${whose} no result and that no training diverges; otherwise it takes less.`;
  return [counted, ...(cost ? [cost.assumes, costed] : [notCosted])].join(' ');
}
