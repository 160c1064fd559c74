import { MultiBar, type SingleBar } from 'cli-progress';
import type { CampaignRepresentation } from '../api/campaign.ts';
import { counted } from '../shared/counted.ts';
import { type CampaignRow, campaignRows } from './campaign-rows.ts';
import { RateEstimate, timeLeftText } from './durations.ts';
import type { Screen } from './study-progress.ts';
import { speedText } from './value-text.ts';

/** Shows the progress of a campaign. */
export interface CampaignProgress {
  show(campaign: CampaignRepresentation): void;
  /** Leaves the last state on the screen. Calls after the first do nothing. */
  end(): void;
}

/** Window of the rate. */
const windowSeconds = 60;

/** Draws a bar for each part and one for the whole campaign on a terminal; elsewhere prints a line from time to time. */
export function campaignProgress(screen: Screen, clock: () => number = () => performance.now() / 1000): CampaignProgress {
  const rate = new RateEstimate(windowSeconds);
  const rowsOf = (campaign: CampaignRepresentation): CampaignRow[] => {
    rate.add(clock(), campaign.stepsTrained);
    return [...campaignRows(campaign), wholeOf(campaign, rate.perSecond())];
  };
  return screen.stream.isTTY ? barsOn(screen, rowsOf) : linesOn(screen, rowsOf, clock);
}

/** The row of the whole campaign: ended parts, steps done and trained, and the rate. */
function wholeOf(campaign: CampaignRepresentation, stepsPerSecond: number | null): CampaignRow {
  const { parts, upcoming, stepsDone, stepsTrained, state, remainingSeconds } = campaign;
  const [done, total] = [parts.filter((part) => part.endedAt !== null).length, parts.length + upcoming.length];
  const texts = [
    `${done} of ${counted(total, 'part')}`,
    `${counted(stepsDone, 'step')} done, ${stepsTrained} trained`,
    ...(stepsPerSecond === null ? [] : [speedText(stepsPerSecond)]),
    ...(remainingSeconds === null ? [] : [timeLeftText(remainingSeconds)]),
    ...(state === 'paused' ? [state] : []),
  ];
  return { key: 'all', name: 'all', done, total, text: texts.join(' · '), open: campaign.endedAt === null };
}

/** Creates all bars at the first update, which lists the upcoming parts too, so that no bar is inserted later. */
function barsOn({ stream }: Screen, rowsOf: (campaign: CampaignRepresentation) => CampaignRow[]): CampaignProgress {
  const bars = new MultiBar({
    format: '{name} {bar} {text}',
    barsize: 20,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    stream,
    hideCursor: true,
    linewrap: false,
    emptyOnZero: true,
    // Enough for one update a second.
    fps: 4,
    // The process has one signal handler, which also ends the progress.
    gracefulExit: false,
  });
  const drawn = new Map<string, SingleBar>();
  const begin = (rows: readonly CampaignRow[]): void => {
    const width = Math.max(...rows.map(({ name }) => name.length));
    for (const { key, name, total } of fitting(rows, stream.rows)) {
      drawn.set(key, bars.create(total, 0, { name: name.padEnd(width), text: '' }));
    }
  };
  let ended = false;
  let lastText = '';
  return {
    show: (campaign) => {
      if (ended) return;
      const rows = rowsOf(campaign);
      lastText = rows.at(-1)?.text ?? '';
      if (drawn.size === 0) begin(rows);
      for (const [key, bar] of drawn) {
        const row = rows.find((candidate) => candidate.key === key);
        bar.setTotal(row?.total ?? 0);
        bar.update(row?.done ?? 0, { text: row?.text ?? 'left out' });
      }
    },
    end: () => {
      if (ended) return;
      ended = true;
      if (drawn.size === 0) return;
      // Changes the last row, because only changed rows are redrawn and the terminal has written ^C over it.
      drawn.get('all')?.update({ text: `${lastText} ` });
      bars.stop();
    },
  };
}

/** Keeps only the last row, the total, if the terminal has too few lines: it cannot redraw rows that have scrolled away. */
function fitting(rows: readonly CampaignRow[], lines: number | undefined): readonly CampaignRow[] {
  return lines === undefined || rows.length < lines ? rows : rows.slice(-1);
}

function linesOn(
  { stream, plainLineSeconds }: Screen,
  rowsOf: (campaign: CampaignRepresentation) => CampaignRow[],
  clock: () => number,
): CampaignProgress {
  let printed = Number.NEGATIVE_INFINITY;
  let last = '';
  return {
    show: (campaign) => {
      const rows = rowsOf(campaign);
      if (clock() - printed < plainLineSeconds) return;
      const line = rows.flatMap(({ key, open, name, text }) => (key === 'all' ? [text] : open ? [`${name} ${text}`] : [])).join(' | ');
      if (line === last) return;
      [printed, last] = [clock(), line];
      stream.write(`${line}\n`);
    },
    end: () => undefined,
  };
}
