import type { StudyRepresentation } from '../api/study.ts';
import type { Client } from '../client/client.ts';
import { endText } from './end-text.ts';
import { watchUntilEnd } from './polling.ts';
import { type Screen, studyProgress } from './study-progress.ts';

/** Options of watching: a service, the output and a stop signal. */
export interface WatchOptions {
  readonly client: Client;
  readonly screen: Screen;
  readonly stop: AbortSignal;
  /** Shortest time between two looks. Default 1000. */
  readonly pollMs?: number | undefined;
}

/** Seconds that the service waits for a change. The times on the screen are no older than this. */
export const waitSeconds = 5;

/** Shows the progress of a study until it ends. @returns the ended study, or null if stopped first */
export async function watchStudy(
  { client, screen, stop, pollMs = 1000 }: WatchOptions,
  studyId: string,
): Promise<StudyRepresentation | null> {
  const progress = studyProgress(screen);
  // Ends the progress at once, so that messages about the stop appear below it.
  stop.addEventListener('abort', progress.end, { once: true });
  try {
    const study = await watchUntilEnd({
      look: (known) => (known ? client.getStudy(studyId, { wait: waitSeconds, known }) : client.getStudy(studyId)),
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
