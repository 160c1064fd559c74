import type { ReportRepresentation } from '../api/report.ts';

/** Formats the limits of a study: `latency at most 200; recall at least 0.8`. Empty without any. */
export function limitsText({ definition }: ReportRepresentation): string {
  return (definition.constraints ?? [])
    .map(({ metric, min, max }) => {
      const limits = [...(min === undefined ? [] : [`at least ${min}`]), ...(max === undefined ? [] : [`at most ${max}`])];
      return `${metric} ${limits.join(' and ')}`;
    })
    .join('; ');
}

/** Says why there is no best trial and no front. */
export function withoutValue({ definition, totals }: ReportRepresentation): string {
  return definition.constraints && totals.search.trialsCompleted > 0 ? 'no trial keeps all limits yet' : 'no trial has a value';
}
