import type { CampaignRepresentation } from '../api/campaign.ts';
import { campaignProgress } from './campaign-progress.ts';
import { endText } from './end-text.ts';
import { watchUntilEnd } from './polling.ts';
import { type WatchOptions, waitSeconds } from './watch-study.ts';

/** Shows the progress of a campaign and its parts until it ends. @returns the ended campaign, or null if stopped first */
export async function watchCampaign(
  { client, screen, stop, pollMs = 1000 }: WatchOptions,
  campaignId: string,
): Promise<CampaignRepresentation | null> {
  const progress = campaignProgress(screen);
  // Ends the progress at once, so that messages about the stop appear below it.
  stop.addEventListener('abort', progress.end, { once: true });
  try {
    const campaign = await watchUntilEnd({
      look: (known) => (known ? client.getCampaign(campaignId, { wait: waitSeconds, known }) : client.getCampaign(campaignId)),
      show: progress.show,
      ended: (item) => item.endedAt !== null,
      stop,
      pollMs,
    });
    progress.end();
    if (campaign) screen.stream.write(endText('campaign', campaign));
    return campaign;
  } finally {
    progress.end();
    stop.removeEventListener('abort', progress.end);
  }
}
