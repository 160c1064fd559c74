import type { StudyRepresentation } from '../api/study.ts';
import type { Client } from '../client/client.ts';
import { endText } from './end-text.ts';
import { watchUntilEnd } from './polling.ts';
import { type Screen, studyProgress } from './study-progress.ts';

/** What watching needs: a service, somewhere to draw, and how to be stopped. */
export interface WatchOptions {
  readonly client: Client;
  readonly screen: Screen;
  readonly stop: AbortSignal;
  /** Time between two looks. Default 1000. */
  readonly pollMs?: number | undefined;
}

/** Shows how a study comes along until it ends. @returns the ended study, or null when stopped before */
export async function watchStudy(
  { client, screen, stop, pollMs = 1000 }: WatchOptions,
  studyId: string,
): Promise<StudyRepresentation | null> {
  const progress = studyProgress(screen);
  // At once: what others say about the stop shall stand below.
  stop.addEventListener('abort', progress.end, { once: true });
  try {
    const study = await watchUntilEnd({
      look: () => client.getStudy(studyId),
      show: progress.show,
      ended: (item) => item.endedAt !== null,
      stop,
      pollMs,
    });
    progress.end();
    if (study) screen.stream.write(endText('study', study));
    return study;
  } finally {
    progress.end();
    stop.removeEventListener('abort', progress.end);
  }
}
