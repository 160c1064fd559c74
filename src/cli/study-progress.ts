import { SingleBar } from 'cli-progress';
import { hasRounds } from '../api/rounds.ts';
import { rankingMetric, type StudyRepresentation } from '../api/study.ts';
import { counted } from '../shared/counted.ts';
import { RateEstimate, timeLeftText } from './durations.ts';
import { decimals, speedText } from './value-text.ts';

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

/** Window of the rate. */
const windowSeconds = 60;

/** Draws a bar on a terminal; elsewhere prints a line from time to time. */
export function studyProgress(screen: Screen, clock: () => number = () => performance.now() / 1000): StudyProgress {
  const steps = new RateEstimate(windowSeconds);
  const text = (study: StudyRepresentation): string => {
    steps.add(clock(), study.stepsTrained);
    return progressText(study, steps.perSecond());
  };
  return screen.stream.isTTY ? barOn(screen, text) : linesOn(screen, text, clock);
}

function progressText(study: StudyRepresentation, stepsPerSecond: number | null): string {
  const { spec, best, progress, remainingSeconds } = study;
  const parts = [
    study.generation === null ? null : generationsText(study.generation, spec),
    `${progress.finished}${progress.planned === null ? '' : ` of ${progress.planned}`} trials`,
    study.trials.pruned === 0 ? null : `${study.trials.pruned} stopped early`,
    study.front === undefined ? null : `front of ${counted(study.front.size, 'trial')}`,
    best?.value == null ? null : `best ${rankingMetric(study)} ${decimals(best.value)} (trial ${best.number})`,
    stepsPerSecond === null ? null : speedText(stepsPerSecond),
    remainingSeconds === null ? null : timeLeftText(remainingSeconds),
    study.state === 'paused' ? study.state : null,
    study.blocked && `waiting: ${study.blocked.detail}`,
  ];
  return parts.filter((part) => part !== null).join(' · ');
}

/** Counts the complete generations, or rounds, because their numbers start at 0. */
function generationsText(complete: number, { budget: { generations: planned }, sampler }: StudyRepresentation['spec']): string {
  const one = hasRounds(sampler.type) ? 'round' : 'generation';
  return planned === undefined ? `${counted(complete, one)} complete` : `${complete} of ${counted(planned, one)} complete`;
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
      bar.update(study.progress.finished, { text: text(study) });
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
