import { lstmLandscape } from '../../src/objectives/test-function/functions/lstm-landscape.ts';
import type { Observation, SuggestionRequest } from '../../src/samplers/contract.ts';
import { type SamplerOptions, samplerFor } from '../../src/samplers/table.ts';
import { randomStream } from '../../src/shared/random.ts';
import { median } from './ranking.ts';
import { search } from './search.ts';
import { type PeerName, peerNames, type TpePeers } from './tpe-peers.ts';

/** Observations that a suggestion looks at. */
export const observationCounts = [100, 1000, 5000] as const;

const ownWarmUp = 10;
const ownRepeats = 41;
const peerRepeats = 21;
/** A peer's suggestions at one number of observations get this long. */
const limitSeconds = 10;

/** The median time of a suggestion in milliseconds, one for each of `observationCounts`. */
export interface Cost {
  readonly competitor: string;
  readonly ms: readonly number[];
}

/**
 * What one of our own samplers needs, twice: in a study that this process has been moving, whose observations it keeps in
 * memory, and where it meets the history for the first time, as after a start.
 */
export function ownCosts(competitor: string, options: SamplerOptions): readonly [Cost, Cost] {
  const ms = (seen: (history: readonly Observation[]) => readonly Observation[]) =>
    observationCounts.map((count) => median(ownTimes(options, observed(count), seen)));
  return [
    { competitor, ms: ms((history) => history.slice()) },
    { competitor: `${competitor}, first look`, ms: ms((history) => structuredClone(history)) },
  ];
}

/** What the peers need, given the same observations. */
export async function peerCosts(peers: TpePeers, onDone: (cost: Cost) => void): Promise<readonly Cost[]> {
  const costs: Cost[] = [];
  for (const peer of peerNames) {
    const ms: number[] = [];
    for (const count of observationCounts) ms.push(await peerMs(peers, peer, count));
    costs.push({ competitor: peer, ms });
    onDone({ competitor: peer, ms });
  }
  return costs;
}

async function peerMs(peers: TpePeers, peer: PeerName, count: number): Promise<number> {
  const history = observed(count).map(({ parameters, value }) => ({ parameters, value }));
  return median(await peers.suggestionMs(peer, { space: lstmLandscape.space, history, repeats: peerRepeats, limitSeconds }));
}

/** Four parameters: one on a log scale, three whole. */
function observed(count: number): readonly Observation[] {
  return search({ type: 'random' }, lstmLandscape, { seed: 1, trials: count });
}

/** A study grows between two suggestions: each repeat has one observation more. `seen` makes what the sampler is given. */
function ownTimes(
  options: SamplerOptions,
  observations: readonly Observation[],
  seen: (history: readonly Observation[]) => readonly Observation[],
): number[] {
  const sampler = samplerFor({ space: lstmLandscape.space, direction: 'minimize' }, options);
  const stream: SuggestionRequest['stream'] = (purpose, ...indices) => randomStream(1, purpose, ...indices);
  const history = [...observations];
  let state = sampler.observe(sampler.init(), history);
  const times: number[] = [];
  for (let repeat = 0; repeat < ownWarmUp + ownRepeats; repeat += 1) {
    const given = sampler.learns === 'history' ? seen(history) : [];
    const firstNumber = history.length;
    const started = performance.now();
    const proposal = sampler.suggest(state, { firstNumber, count: 1, history: given, pending: [], stream });
    times.push(performance.now() - started);
    if (proposal.kind !== 'suggestions') throw new Error(`${options.type} is ${proposal.kind} at trial ${firstNumber}`);
    const added = proposal.suggestions.map((suggestion) => ({
      ...suggestion,
      number: firstNumber,
      value: lstmLandscape.value(suggestion.parameters),
    }));
    history.push(...added);
    state = sampler.observe(state, added);
  }
  return times.slice(ownWarmUp);
}
