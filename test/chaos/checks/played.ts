import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Played } from '../workload/play.ts';
import type { CheckContext } from './context.ts';
import { firstDifference, trialNumbers } from './export-difference.ts';

/** The export of each repeatable entry in the undisturbed run, by name. */
export type Expected = ReadonlyMap<string, string>;

/** Checks an ended study or campaign: its state, its verification, and its export against the undisturbed one. */
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

/** Exports what was played, with its provenance, except for a study that was imported meanwhile, whose provenance differs. */
export function exportOf({ world: { client } }: Pick<CheckContext, 'world'>, { entry, id }: Played): Promise<string> {
  const options = { provenance: entry.treatment !== 'moved' };
  return entry.kind === 'study' ? client.exportStudy(id, options) : client.exportCampaign(id, options);
}

/** A study or a campaign to verify, and its name in reports. */
interface Claim {
  readonly kind: Played['entry']['kind'];
  readonly id: string;
  readonly where: string;
}

/** Requests the verification of a study or a campaign. */
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
