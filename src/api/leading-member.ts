import { counted, formFor } from '../shared/counted.ts';
import { valueText } from '../shared/value-text.ts';
import { metricLabel } from './metric-label.ts';
import type { ReportRepresentation } from './report.ts';
import type { MemberRepresentation } from './report-members.ts';

/**
 * Says which member of a population leads, and which trial is the best one of the study where it is another: a member may have been better before
 * its last steps.
 */
export function leadingMemberText(report: ReportRepresentation, { member, trial, value, steps, history }: MemberRepresentation): string {
  const changes = history.length - 1;
  const result = `${metricLabel(report.definition)} ${value === null ? '–' : valueText(value)} after ${steps} ${formFor(steps, 'step')}`;
  const leads = `Of the members as they ${report.endedAt === null ? 'are now' : 'ended'}, member ${member} leads (trial ${trial}: ${result}, ${changes === 0 ? 'no change' : counted(changes, 'change')}).`;
  const [best] = report.leaders;
  if (best === undefined || best.trial === trial) return leads;
  const last = lastStepOf(report, best.trial);
  return `${leads} The best trial of the study is ${best.trial}${last === undefined ? '' : `, after ${last} ${formFor(last, 'step')}`}.`;
}

/** The last step of a trial, if its learning curve is in the report. */
function lastStepOf({ learningCurves }: ReportRepresentation, number: number): number | undefined {
  return learningCurves
    .flatMap(({ curves }) => curves)
    .find(({ trial }) => trial === number)
    ?.steps.at(-1);
}
