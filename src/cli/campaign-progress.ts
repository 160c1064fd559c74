import { MultiBar, type SingleBar } from 'cli-progress';
import type { CampaignRepresentation } from '../api/campaign.ts';
import { type CampaignRow, campaignRows } from './campaign-rows.ts';
import { RateEstimate } from './durations.ts';
import type { Screen } from './study-progress.ts';

/** Shows how a campaign comes along. */
export interface CampaignProgress {
  show(campaign: CampaignRepresentation): void;
  /** Leaves the last state on the screen. Calls after the first do nothing. */
  end(): void;
}

/** The rate looks back this far. */
const windowSeconds = 60;

/** Draws a bar for each part on a terminal, and one for all; prints a line now and then elsewhere. */
export function campaignProgress(screen: Screen, clock: () => number = () => performance.now() / 1000): CampaignProgress {
  const rate = new RateEstimate(windowSeconds);
  const rowsOf = (campaign: CampaignRepresentation): CampaignRow[] => {
    rate.add(clock(), campaign.stepsTrained);
    return [...campaignRows(campaign), wholeOf(campaign, rate.perSecond())];
  };
  return screen.stream.isTTY ? barsOn(screen, rowsOf) : linesOn(screen, rowsOf, clock);
}

/** What has ended of all parts, what was charged, what was trained for it, and how fast. */
function wholeOf(campaign: CampaignRepresentation, stepsPerSecond: number | null): CampaignRow {
  const { parts, upcoming, stepsCharged, stepsTrained, state } = campaign;
  const [done, total] = [parts.filter((part) => part.endedAt !== null).length, parts.length + upcoming.length];
  const texts = [
    `${done} of ${total} parts`,
    `${stepsCharged} steps charged, ${stepsTrained} trained`,
    ...(stepsPerSecond === null ? [] : [`${stepsPerSecond.toFixed(1)} steps/s`]),
    ...(state === 'paused' ? [state] : []),
  ];
  return { key: 'all', name: 'all', done, total, text: texts.join(' · '), open: campaign.endedAt === null };
}

/** Rows begin with the first look, which knows what is to come: none is inserted later, and nothing on the screen moves. */
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
    // A look a second needs no more.
    fps: 4,
    // What a signal does is decided in one place, which ends us too.
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
      // A row is drawn only where it has changed; the terminal has written ^C over the last one.
      drawn.get('all')?.update({ text: `${lastText} ` });
      bars.stop();
    },
  };
}

/** A terminal cannot redraw what has scrolled away: where it has too few lines, the last row stands for all. */
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
