import { lstmLandscape } from '../../src/objectives/test-function/functions/lstm-landscape.ts';
import type { SuggestionRequest } from '../../src/samplers/contract.ts';
import type { Observation } from '../../src/samplers/observation.ts';
import { type SamplerOptions, samplerFor } from '../../src/samplers/table.ts';
import { randomStream } from '../../src/shared/random.ts';
import { median } from './ranking.ts';
import { search } from './search.ts';
import { type PeerName, peerNames, type TpePeers } from './tpe-peers.ts';

/** Numbers of observations that a suggestion learns from. */
export const observationCounts = [100, 1000, 5000] as const;

const ownWarmUp = 10;
const ownRepeats = 41;
const peerRepeats = 21;
/** Time limit of a peer's suggestions at one number of observations. */
const limitSeconds = 10;

/** The median time of a suggestion in milliseconds for each of `observationCounts`. */
export interface Cost {
  readonly competitor: string;
  readonly ms: readonly number[];
}

/**
 * Measures one of our own samplers twice: in a study that this process has advanced, whose observations it keeps in memory,
 * and when it reads the history for the first time, as after a start.
 */
export function ownCosts(competitor: string, options: SamplerOptions): readonly [Cost, Cost] {
  const ms = (seen: (history: readonly Observation[]) => readonly Observation[]) =>
    observationCounts.map((count) => median(ownTimes(options, observed(count), seen)));
  return [
    { competitor, ms: ms((history) => history.slice()) },
    { competitor: `${competitor}, first look`, ms: ms((history) => structuredClone(history)) },
  ];
}

/** Measures the peers on the same observations. */
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

/** Four parameters: one on a log scale and three integers. */
function observed(count: number): readonly Observation[] {
  return search({ type: 'random' }, lstmLandscape, { seed: 1, trials: count });
}

/** Times suggestions. As in a growing study, each repeat has one observation more. `seen` makes the sampler's input. */
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
    const firstIndex = history.length;
    const started = performance.now();
    const proposal = sampler.suggest(state, { firstIndex, count: 1, history: given, pending: [], stream });
    times.push(performance.now() - started);
    if (proposal.kind !== 'suggestions') throw new Error(`${options.type} is ${proposal.kind} at trial ${firstIndex}`);
    const added = proposal.suggestions.map((suggestion) => ({
      ...suggestion,
      number: firstIndex,
      index: firstIndex,
      value: lstmLandscape.value(suggestion.parameters),
    }));
    history.push(...added);
    state = sampler.observe(state, added);
  }
  return times.slice(ownWarmUp);
}
