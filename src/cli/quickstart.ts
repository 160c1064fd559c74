import type { CampaignRepresentation } from '../api/campaign.ts';
import type { Quickstart } from '../api/quickstart.ts';
import type { Client } from '../client/client.ts';
import { counted, formFor } from '../shared/counted.ts';
import { methodsText, winnerText } from './report-text.ts';
import type { Screen } from './study-progress.ts';
import { watchCampaign } from './watch-campaign.ts';

/** Options of a quickstart: a service, the output and a stop signal. */
export interface QuickstartOptions {
  readonly client: Client;
  readonly example: Quickstart;
  readonly screen: Screen;
  /** Aborted on Ctrl-C. */
  readonly stop: AbortSignal;
  /** Time between two polls of the campaign. Default 1000. */
  readonly pollMs?: number | undefined;
}

/** Result of a quickstart. */
export type QuickstartEnd =
  | { readonly kind: 'winner' | 'no-winner'; readonly campaign: CampaignRepresentation }
  | { readonly kind: 'stopped' };

/**
 * Runs the example campaign through the public API. Continues an interrupted one or starts a new one, shows the progress of each
 * part, then prints the table of methods and the winner.
 */
export async function quickstart(options: QuickstartOptions): Promise<QuickstartEnd> {
  const { client, screen } = options;
  const say = (text: string): void => {
    screen.stream.write(`${text}\n`);
  };
  const begun = await findOrCreate(options, say);
  const campaign = await watchCampaign(options, begun.id);
  if (!campaign) return { kind: 'stopped' };
  const report = await client.campaignReport(campaign.id);
  say(
    `\nThe methods side by side (${report.definition.metric.name} decides; ${report.definition.evaluation?.data ?? 'held-out data'} only describes)\n\n${methodsText(report, screen.stream.columns)}\n`,
  );
  const winner = winnerText(report);
  if (campaign.state !== 'completed' || winner === '') return { kind: 'no-winner', campaign };
  say(winner);
  return { kind: 'winner', campaign };
}

/** Finds a campaign of this name that has not ended (an interrupted or paused quickstart), or creates a new one. */
async function findOrCreate({ client, example }: QuickstartOptions, say: (text: string) => void): Promise<CampaignRepresentation> {
  for await (const earlier of client.listCampaigns({ name: example.campaign.name })) {
    if (earlier.endedAt !== null) continue;
    const campaign = earlier.state === 'paused' ? await client.resumeCampaign(earlier.id) : await client.getCampaign(earlier.id);
    const completed = campaign.parts.reduce((sum, part) => sum + part.trials.completed, 0);
    say(`Continuing campaign ${campaign.id}: ${counted(completed, 'trial')} ${formFor(completed, 'is', 'are')} completed.`);
    return campaign;
  }
  const campaign = await client.createCampaign(example.campaign);
  const trials = campaign.parts.reduce((sum, part) => sum + (part.progress.planned ?? 0), 0);
  say(`Campaign ${campaign.id} (${counted(trials, 'trial')} of search). ${example.summary}`);
  return campaign;
}
