import { createClient } from '../../src/client/client.ts';
import { completed } from '../system/service-process.ts';
import { completedCampaign } from './completed-campaign.ts';
import { openFaultWorld } from './fault-world.ts';

/** Results of the study and the campaign without a fault. */
export interface Undisturbed {
  /** The bytes of the export; likewise for `campaign`. */
  readonly study: string;
  readonly campaign: string;
}

let running: Promise<Undisturbed> | null = null;

/** Runs both once, for all tests of a file. */
export function undisturbed(): Promise<Undisturbed> {
  running ??= run();
  return running;
}

async function run(): Promise<Undisturbed> {
  await using world = await openFaultWorld();
  const [study, campaign] = [await world.addStudy(), await world.addCampaign()];
  await using service = world.start('serve');
  const url = await service.url();
  const client = createClient({ baseUrl: url });
  await completed(url, study);
  await completedCampaign(client, campaign);
  return { study: await client.exportStudy(study), campaign: await client.exportCampaign(campaign) };
}
