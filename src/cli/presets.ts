import type { PresetRepresentation } from '../api/preset.ts';
import type { Client } from '../client/client.ts';
import { ProblemError } from '../client/problem-error.ts';
import { nearestName } from '../shared/suggestion.ts';
import { UsageError } from './exit-codes.ts';

/** Finds a preset by its name. @throws UsageError with a suggestion and the list if there is none */
export async function presetNamed(client: Client, name: string): Promise<PresetRepresentation> {
  const known = await client.presets();
  const found = known.find((preset) => preset.name === name);
  if (!found) throw new UsageError(unknownText(name, known));
  return found;
}

/**
 * Creates something from a preset that the command line names.
 *
 * @throws UsageError with a suggestion and the list if the service refuses the name; all other errors of `create`
 */
export async function fromPreset<Created>(
  client: Client,
  { kind, name }: { readonly kind: PresetRepresentation['kind']; readonly name: string | undefined },
  create: () => Promise<Created>,
): Promise<Created> {
  try {
    return await create();
  } catch (error) {
    if (name === undefined || !refusesPreset(error)) throw error;
    const known = await client.presets();
    const other = known.find((preset) => preset.name === name && preset.kind !== kind);
    if (other) throw new UsageError(`${name} is a preset of a ${other.kind}: clavier ${other.kind} create --preset ${name}`);
    throw new UsageError(
      unknownText(
        name,
        known.filter((preset) => preset.kind === kind),
      ),
    );
  }
}

function refusesPreset(error: unknown): boolean {
  if (!(error instanceof ProblemError)) return false;
  return error.code === 'preset-not-found' || error.errors.some(({ pointer }) => pointer === '/preset');
}

function unknownText(name: string, known: readonly PresetRepresentation[]): string {
  const names = known.map((preset) => preset.name);
  const meant = nearestName(name, names);
  const list = names.length === 0 ? 'the service has none' : `there are ${names.join(', ')} (see clavier preset list)`;
  return `there is no preset ${name}${meant === null ? '' : ` (did you mean ${meant}?)`}; ${list}`;
}
