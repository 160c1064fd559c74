import { SingleBar } from 'cli-progress';
import { rankingMetric, type StudyRepresentation } from '../api/study.ts';
import { durationText, RateEstimate } from './durations.ts';

/** Output for progress: a terminal that can redraw a line, or a file or pipe that cannot. */
export interface Screen {
  readonly stream: NodeJS.WritableStream & { readonly isTTY?: boolean; readonly rows?: number; readonly columns?: number };
  /** Minimum time between two lines if the output is not a terminal. */
  readonly plainLineSeconds: number;
}

/** Shows the progress of a study. */
export interface StudyProgress {
  show(study: StudyRepresentation): void;
  /** Leaves the last state on the screen. */
  end(): void;
}

/** Window of the rate and the time left. */
const windowSeconds = 60;

/** Draws a bar on a terminal; elsewhere prints a line from time to time. */
export function studyProgress(screen: Screen, clock: () => number = () => performance.now() / 1000): StudyProgress {
  const steps = new RateEstimate(windowSeconds);
  const trials = new RateEstimate(windowSeconds);
  const text = (study: StudyRepresentation): string => {
    steps.add(clock(), study.stepsTrained);
    trials.add(clock(), study.progress.observed + unobserved(study));
    return progressText(study, steps.perSecond(), trials.secondsLeft(study.progress.planned ?? 0));
  };
  return screen.stream.isTTY ? barOn(screen, text) : linesOn(screen, text, clock);
}

/** Returns the number of ended trials that the search has not observed yet. */
function unobserved(study: StudyRepresentation): number {
  return finishedTrials(study) - study.progress.observed;
}

/** Returns the number of ended trials. */
export function finishedTrials({ trials }: StudyRepresentation): number {
  return trials.completed + trials.failed + trials.pruned;
}

function progressText(study: StudyRepresentation, stepsPerSecond: number | null, secondsLeft: number | null): string {
  const { spec, best, progress } = study;
  const generations = spec.budget.generations === undefined ? '' : ` of ${spec.budget.generations}`;
  const parts = [
    study.generation === null ? null : `generation ${study.generation + 1}${generations}`,
    `${finishedTrials(study)}${progress.planned === null ? '' : ` of ${progress.planned}`} trials`,
    best?.value == null ? null : `best ${rankingMetric(study)} ${best.value.toFixed(4)} (trial ${best.number})`,
    stepsPerSecond === null ? null : `${stepsPerSecond.toFixed(1)} steps/s`,
    secondsLeft === null || secondsLeft <= 0 ? null : `about ${durationText(secondsLeft)} left`,
    study.state === 'paused' ? study.state : null,
    study.blocked && `waiting: ${study.blocked.detail}`,
  ];
  return parts.filter((part) => part !== null).join(' · ');
}

function barOn({ stream }: Screen, text: (study: StudyRepresentation) => string): StudyProgress {
  const bar = new SingleBar({
    format: '{bar} {text}',
    barsize: 20,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    stream,
    hideCursor: true,
    linewrap: false,
    // The process has one signal handler, which also ends the progress.
    gracefulExit: false,
  });
  let started = false;
  return {
    show: (study) => {
      const total = study.progress.planned ?? Math.max(study.progress.suggested, 1);
      if (!started) bar.start(total, 0, { text: '' });
      started = true;
      bar.setTotal(total);
      bar.update(finishedTrials(study), { text: text(study) });
    },
    end: () => bar.stop(),
  };
}

function linesOn({ stream, plainLineSeconds }: Screen, text: (study: StudyRepresentation) => string, clock: () => number): StudyProgress {
  let printed = Number.NEGATIVE_INFINITY;
  let last = '';
  return {
    show: (study) => {
      const line = text(study);
      const due = clock() - printed >= plainLineSeconds;
      if (!due || line === last) return;
      [printed, last] = [clock(), line];
      stream.write(`${line}\n`);
    },
    end: () => undefined,
  };
}
