import { rankingMetric, type StudyRepresentation } from '../api/study.ts';
import type { Client } from '../client/client.ts';
import type { OptimizeSummary } from '../client/optimize.ts';
import type { TrialOutcome } from '../client/settlement.ts';
import { counted } from '../shared/counted.ts';
import { mayPass } from './exit-codes.ts';
import { decimals } from './value-text.ts';

/** Prints a line for each trial that a worker has finished, in the order in which they finish. */
export interface WorkerProgress {
  readonly finished: (outcome: TrialOutcome) => void;
  /** Waits for the last line. @throws the error of a line, if the service refused to show the study */
  readonly printed: () => Promise<void>;
}

/** Prints the lines of a worker. @param study the study when the worker started, whose metric the lines name */
export function workerProgress(client: Client, study: StudyRepresentation, print: (line: string) => void): WorkerProgress {
  let last = Promise.resolve();
  const line = async (outcome: TrialOutcome): Promise<string> =>
    outcome.kind === 'completed'
      ? `trial ${outcome.trial.number}: ${rankingMetric(study)} ${decimals(outcome.value)}${await standing(client, study.id)}`
      : otherEnd(outcome);
  return {
    finished: (outcome) => {
      last = last.then(async () => print(await line(outcome)));
      last.catch(() => undefined); // `printed` throws it
    },
    printed: () => last,
  };
}

/** The best value and the number of finished trials: ` (best 0.9300, 12 of 50)`; empty while the service is away. */
async function standing(client: Client, studyId: string): Promise<string> {
  try {
    const { best, front, progress } = await client.getStudy(studyId);
    const first = front ? `front of ${front.size}` : `best ${decimals(best?.value)}`;
    return ` (${first}, ${progress.finished}${progress.planned === null ? '' : ` of ${progress.planned}`})`;
  } catch (error) {
    if (mayPass(error)) return '';
    throw error;
  }
}

function otherEnd(outcome: Exclude<TrialOutcome, { kind: 'completed' }>): string {
  const { number } = outcome.trial;
  if (outcome.kind === 'stopped') return `trial ${number} was stopped: ${outcome.detail}`;
  if (outcome.kind === 'released') return `trial ${number} was returned to the queue`;
  const [what] = outcome.error.split(':\n');
  return `trial ${number} failed${outcome.willRetry ? ' and will be tried again' : ''}: ${what}`;
}

/** Describes the work of a worker that has ended. */
export function workerEndText({ completed, failed, stopped, released, ended }: OptimizeSummary): string {
  const counts = [
    `${counted(completed, 'trial')} completed here`,
    ...(failed > 0 ? [`${counted(failed, 'failed attempt')}`] : []),
    ...(stopped > 0 ? [`${stopped} stopped`] : []),
    ...(released > 0 ? [`${released} returned to the queue`] : []),
  ];
  return `${ended === null ? '' : `The study has ended. `}${counts.join(', ')}.`;
}
