import type { ReportRepresentation } from '../api/report.ts';

/** Says why there is no best trial and no front. */
export function withoutValue({ definition, totals, endedAt }: ReportRepresentation): string {
  if (!definition.constraints || totals.search.trialsCompleted === 0) return 'no trial has a value';
  return `no trial keeps all limits${endedAt === null ? ' yet' : ''}`;
}
