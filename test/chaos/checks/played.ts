import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Played } from '../workload/play.ts';
import type { CheckContext } from './context.ts';
import { firstDifference, trialNumbers } from './export-difference.ts';

/** The export of each repeatable entry as the undisturbed run gave it, by name. */
export type Expected = ReadonlyMap<string, string>;

/** Checks a study or a campaign that has ended: its state, its proof, and its export against the undisturbed one. */
export async function checkPlayed(context: CheckContext, played: Played, expected: Expected): Promise<void> {
  const { world, journal, tally } = context;
  const { entry, id, state } = played;
  const { name } = entry.definition;
  const where = `${world.options.name}/${name}`;
  tally.add(entry.kind === 'study' ? 'studies' : 'campaigns');
  if (state !== 'completed' && entry.treatment !== 'cancelled') {
    journal.differ({ where, what: `it is ${state} (${id})`, see: world.options.folder });
  }
  await checkVerified(context, { kind: entry.kind, id, where });
  const wanted = expected.get(name);
  if (wanted === undefined || entry.treatment === 'cancelled') return;
  await compare(context, where, { wanted, found: await exportOf(context, played) });
}

/**
 * The canonical text of what was played: with its provenance, but for a study that was imported on the way and says so.
 */
export function exportOf({ world: { client } }: Pick<CheckContext, 'world'>, { entry, id }: Played): Promise<string> {
  const options = { provenance: entry.treatment !== 'moved' };
  return entry.kind === 'study' ? client.exportStudy(id, options) : client.exportCampaign(id, options);
}

/** What is asked to be proved, and what it is called in reports. */
interface Claim {
  readonly kind: Played['entry']['kind'];
  readonly id: string;
  readonly where: string;
}

/** Asks the service to prove a study or a campaign from its own rows. */
export async function checkVerified({ world: { client }, journal, tally }: CheckContext, { kind, id, where }: Claim): Promise<void> {
  const { verified, differences } = kind === 'study' ? await client.verifyStudy(id) : await client.verifyCampaign(id);
  tally.add('verified');
  const [first] = differences;
  if (verified) return;
  const found = first ? `at ${first.where} expected ${first.expected}, found ${first.found}` : 'none is named';
  journal.differ({ where, what: `verify finds ${differences.length} differences: ${found}`, see: `${kind} ${id}` });
}

async function compare(
  { world, journal, tally }: CheckContext,
  where: string,
  { wanted, found }: { wanted: string; found: string },
): Promise<void> {
  if (wanted === found) return;
  const files = ['undisturbed', 'disturbed'].map((kind) => join(world.options.folder, `${where.replaceAll(/\W+/g, '-')}.${kind}.json`));
  await Promise.all(files.map((file, index) => writeFile(file, index === 0 ? wanted : found)));
  const [before, now] = [trialNumbers(wanted), trialNumbers(found)];
  tally.add('trials lost', before.filter((trial) => !now.includes(trial)).length);
  tally.add('trials duplicated', now.filter((trial, index) => !before.includes(trial) || now.indexOf(trial) !== index).length);
  journal.differ({ where, what: `its export is not the undisturbed one: ${firstDifference(wanted, found)}`, see: files.join(' and ') });
}
