import { setTimeout as delay } from 'node:timers/promises';
import type { StudyRepresentation } from '../api/study.ts';
import type { Client } from '../client/client.ts';
import { durationText } from './durations.ts';
import { leaderboardText } from './leaderboard-text.ts';
import { type QuickstartDataset, quickstartStudy } from './quickstart-study.ts';
import { type Screen, studyProgress } from './study-progress.ts';

/** What a quickstart needs: a service, somewhere to write, and how to be stopped. */
export interface QuickstartOptions {
  readonly client: Client;
  readonly dataset: QuickstartDataset;
  readonly screen: Screen;
  /** Aborted by Ctrl-C. */
  readonly stop: AbortSignal;
  /** Time between two looks at the study. Default 1000. */
  readonly pollMs?: number;
}

/** How a quickstart ended. */
export type QuickstartEnd = { readonly kind: 'winner' | 'no-winner'; readonly study: StudyRepresentation } | { readonly kind: 'stopped' };

/**
 * Runs the example study through the public API and shows it: goes on with one that was interrupted, else starts a new
 * one; live progress, then leaderboard and winner.
 */
export async function quickstart(options: QuickstartOptions): Promise<QuickstartEnd> {
  const { client, screen } = options;
  const say = (text: string): void => {
    screen.stream.write(`${text}\n`);
  };
  const begun = await findOrCreate(options, say);
  const study = await watch(options, begun.id);
  if (!study) return { kind: 'stopped' };
  const board = await client.leaderboard(study.id, 10);
  if (board.length > 0) say(`\nLeaderboard (validation split)\n\n${leaderboardText(study.spec.metric.name, board)}\n`);
  const [winner] = board;
  if (study.state !== 'completed' || !winner) {
    say(`The study ${study.state}: ${study.outcome?.detail ?? 'no reason is known'}`);
    return { kind: 'no-winner', study };
  }
  const parameters = Object.entries(winner.parameters).sort(([a], [b]) => (a < b ? -1 : 1));
  say(
    `Winner: trial ${winner.number}, ${study.spec.metric.name} ${winner.value?.toFixed(4)} — ${parameters.map(([name, value]) => `${name} ${value}`).join(', ')}`,
  );
  return { kind: 'winner', study };
}

/** A study of this name that has not ended (an interrupted quickstart, or one that somebody paused), else a new one. */
async function findOrCreate({ client, dataset }: QuickstartOptions, say: (text: string) => void): Promise<StudyRepresentation> {
  const definition = quickstartStudy(dataset);
  for await (const earlier of client.listStudies({ name: definition.name })) {
    if (earlier.endedAt !== null) continue;
    const study = earlier.state === 'paused' ? await client.resume(earlier.id) : await client.getStudy(earlier.id);
    say(`Going on with study ${study.id}: ${study.trials.completed} of ${study.progress.planned ?? '?'} trials are completed.`);
    return study;
  }
  const study = await client.createStudy(definition);
  const { trainSize, dataset: name } = study.spec.objective;
  say(
    `Study ${study.id}: a genetic search (approach III) for the best LSTM on ${trainSize ?? 'all'} texts of ${name}, ${study.progress.planned ?? '?'} trials.`,
  );
  return study;
}

/** @returns the study once it has ended, or null when stopped before */
async function watch({ client, screen, stop, pollMs = 1000 }: QuickstartOptions, studyId: string): Promise<StudyRepresentation | null> {
  const progress = studyProgress(screen);
  const started = performance.now();
  try {
    for (;;) {
      if (stop.aborted) return null;
      const study = await client.getStudy(studyId);
      progress.show(study);
      if (study.endedAt !== null) {
        progress.end();
        const time = durationText((performance.now() - started) / 1000);
        screen.stream.write(study.state === 'completed' ? `Done in ${time}: ${study.outcome?.detail}.\n` : `Ended after ${time}.\n`);
        return study;
      }
      await delay(pollMs, undefined, { signal: stop }).catch(() => undefined);
    }
  } finally {
    progress.end();
  }
}
