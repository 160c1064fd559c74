import { mean, withInterval } from '../support/means.ts';
import { paces } from './problems.ts';
import { type Run, stages } from './results.ts';

/** A line for each method: its mean at each stage, then after all steps by pace with the half width of the 95 % interval, and its trials. */
export function table(methods: readonly string[], runs: readonly Run[], budget: number): string {
  const last = stages.length - 1;
  const head = ['', ...stages.map((share) => `${Math.round(share * budget)} steps`), ...paces, 'trials', 'completed'];
  const rows = methods.map((name) => {
    const own = runs.filter(({ method }) => method === name);
    return [
      name,
      ...stages.map((_, stage) => mean(own.map(({ at }) => at[stage] ?? Number.NaN)).toFixed(2)),
      ...paces.map((pace) => withInterval(own.filter((run) => run.pace === pace).map(({ at }) => at[last] ?? Number.NaN))),
      mean(own.map(({ trials }) => trials)).toFixed(0),
      mean(own.map(({ completed }) => completed)).toFixed(0),
    ];
  });
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return lines.join('\n');
}

/**
 * How much closer ours is after all steps, with the half width of the 95 % interval over the seeds: a line for each pair of which both were run. Less
 * than 0: ours is closer. Empty without pairs.
 */
export function differences(pairs: readonly (readonly [own: string, peer: string])[], runs: readonly Run[]): string {
  const last = stages.length - 1;
  const bySeed = new Map<string, Map<number, number[]>>();
  for (const { method, seed, at } of runs) {
    const own = bySeed.get(method) ?? new Map<number, number[]>();
    bySeed.set(method, own);
    own.set(seed, [...(own.get(seed) ?? []), at[last] ?? Number.NaN]);
  }
  const rows = pairs.flatMap(([own, peer]) => {
    const [ours, theirs] = [bySeed.get(own), bySeed.get(peer)];
    if (!ours || !theirs) return [];
    return [[own, peer, withInterval([...ours].map(([seed, values]) => mean(values) - mean(theirs.get(seed) ?? [])))]];
  });
  if (rows.length === 0) return '';
  const head = ['ours', 'compared with', 'difference'];
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** Says which seeds the table has. @param wanted number of seeds that were asked for */
export function seedsText(seeds: readonly number[], wanted: number): string {
  const count = `${seeds.length} of ${wanted} seeds`;
  return seeds.length === wanted ? `${count}` : `${count}: those that every method has on every problem${ranges(seeds)}`;
}

/** Numbers in ascending order as ranges: 0–3, 7. */
function ranges(numbers: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const number of numbers) {
    const open = runs.at(-1);
    if (open && open[1] === number - 1) open[1] = number;
    else runs.push([number, number]);
  }
  return runs.length === 0 ? '' : ` (${runs.map(([first, last]) => (first === last ? `${first}` : `${first}–${last}`)).join(', ')})`;
}
