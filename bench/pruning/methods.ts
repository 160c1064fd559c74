import { prunerFor } from '../../src/pruners/table.ts';
import { type SamplerOptions, samplerOptionsSchema } from '../../src/samplers/table.ts';
import { samplerIdentity } from '../support/sampler-identity.ts';
import { type PrunerPeer, type PruningPeers, peerNames } from './peers.ts';
import type { CurveProblem } from './problems.ts';
import type { RunKey } from './results.ts';
import { type OwnSearch, ownTrials, type RunTrial, rungTrials } from './search.ts';

/** A sampler with a pruner or with rungs, from any system. */
export interface Method {
  /** SAMPLER/PRUNER. */
  readonly name: string;
  /** All that decides its trials on a problem. */
  readonly identity: string;
  readonly search: (problem: CurveProblem, run: { seed: number; budget: number }) => Promise<RunTrial[]>;
}

/** What is searched. */
export interface Comparison {
  readonly methods: readonly Method[];
  readonly problems: readonly CurveProblem[];
  /** The seeds from 0 on. */
  readonly seeds: number;
  /** Steps of a search. */
  readonly budget: number;
}

const proposers = { random: { type: 'random' }, tpe: { type: 'tpe', preset: 'default' } } as const satisfies Record<string, SamplerOptions>;
const proposerNames = ['random', 'tpe'] as const satisfies (keyof typeof proposers)[];

const pruners: Readonly<Record<string, OwnSearch['pruner']>> = {
  none: null,
  median: { type: 'median', warmupSteps: 1, intervalSteps: 1, minTrials: 5 },
  percentile: { type: 'percentile', percentile: 25, warmupSteps: 1, intervalSteps: 1, minTrials: 5 },
  asha: { type: 'asha', minSteps: 1, reductionFactor: 3 },
};
const rungSamplers = ['successive-halving', 'hyperband'] as const;

const ownNames = proposerNames.flatMap((proposer) => [...Object.keys(pruners), ...rungSamplers].map((pruner) => `${proposer}/${pruner}`));
const optunaNames = proposerNames.flatMap((sampler) => peerNames.map((pruner) => optunaName(sampler, pruner)));

/** Names of our methods, then of Optuna's. */
export const methodNames: { readonly own: readonly string[]; readonly optuna: readonly string[] } = { own: ownNames, optuna: optunaNames };

/** Optuna's pruner that decides as one of ours, or is nearest to it. */
const peerOf: Readonly<Record<string, PrunerPeer>> = {
  none: 'none',
  median: 'median',
  percentile: 'percentile',
  asha: 'halving',
  'successive-halving': 'halving',
  hyperband: 'hyperband',
};

/** Our methods, each with the one of Optuna's that it is compared with. */
export const counterparts: readonly (readonly [own: string, peer: string])[] = proposerNames.flatMap((sampler) =>
  Object.entries(peerOf).map(([pruner, peer]) => [`${sampler}/${pruner}`, optunaName(sampler, peer)] as const),
);

/** The methods of some names, in the order of the tables. @param peers null: only ours are there */
export function methodsOf(names: readonly string[], peers: PruningPeers | null): Method[] {
  const own = proposerNames.flatMap((proposer) => [
    ...Object.entries(pruners).map(([name, pruner]) => prunedMethod(`${proposer}/${name}`, { sampler: proposers[proposer], pruner })),
    ...rungSamplers.map((type) =>
      rungMethod(`${proposer}/${type}`, samplerOptionsSchema.parse({ type, fidelity: 'steps', proposer: proposers[proposer] })),
    ),
  ]);
  const others = peers ? proposerNames.flatMap((sampler) => peerNames.map((pruner) => optunaMethod(peers, sampler, pruner))) : [];
  return [...own, ...others].filter(({ name }) => names.includes(name));
}

/** What tells the run of a method from others. */
export function keyOf({ identity }: Method, problem: string, seed: number, budget: number): RunKey {
  return { identity, problem, seed, budget };
}

function prunedMethod(name: string, search: OwnSearch): Method {
  const rule = search.pruner && `, compares with ${prunerFor(search.pruner).comparesWith}`;
  const identity = `${samplerIdentity(search.sampler)}, pruner ${JSON.stringify(search.pruner)}${rule ?? ''}`;
  return { name, identity, search: async (problem, run) => ownTrials(search, problem, run) };
}

function rungMethod(name: string, options: SamplerOptions): Method {
  return { name, identity: samplerIdentity(options), search: async (problem, run) => rungTrials(options, problem, run) };
}

function optunaMethod(peers: PruningPeers, sampler: (typeof proposerNames)[number], pruner: PrunerPeer): Method {
  const name = optunaName(sampler, pruner);
  const identity = `${name} ${JSON.stringify(peers.versions)}`;
  return { name, identity, search: (problem, run) => peers.trials({ sampler, pruner }, problem, run) };
}

function optunaName(sampler: (typeof proposerNames)[number], pruner: PrunerPeer): string {
  return `optuna-${sampler}/${pruner}`;
}
