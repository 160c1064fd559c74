import { parseArgs } from 'node:util';
import type { z } from 'zod';
import { samplerChoiceSchema } from '../../src/studies/definition/definition.ts';
import { otherPeerNames, type PeerName, peerNames } from '../samplers/tpe-peers.ts';
import { wholeNumber } from '../support/whole-number.ts';
import { problemSet } from './problems/list.ts';
import { firstReported, type Problem, problemClasses } from './problems/problem.ts';

const allPeers: readonly PeerName[] = [...peerNames, ...otherPeerNames];

const help = `usage: npm run bench:regret [-- options]

  --sampler NAME=JSON  one of our samplers with its options, e.g. 'wide={"type":"gp","startupTrials":16}'; may be repeated.
                       Every other one is compared with the first. Default: auto, gp, tpe, quasi-random, random
  --python PATH        a Python with optuna and hyperopt, whose searches are run beside ours, one trial after another. To set one up:
                         python3 -m venv FOLDER && FOLDER/bin/pip install optuna hyperopt cmaes torch scipy
  --peers A,B          those of its searches: ${allPeers.join(', ')}
                       (optuna, hyperopt)
  --classes A,B        only these classes of problems: ${problemClasses.join(', ')}
  --first N            first draw of the problems (${firstReported}, the set that is reported). Tune a sampler
                       on others: a multiple of 16 below ${firstReported}
  --seeds N            searches of each sampler on each problem (3)
  --trials N           trials of a search (70)
  --results FILE       keeps every search in this file, and makes only those that it lacks: for runs of hours
  --parallelism N      trials that are open at a time (1)
  --quick              one seed, 30 trials
`;

const defaultSamplers = [
  'auto={"type":"auto"}',
  'gp={"type":"gp"}',
  'tpe={"type":"tpe"}',
  'quasi-random={"type":"quasi-random"}',
  'random={"type":"random"}',
];

/** What is measured. */
export interface RegretOptions {
  readonly samplers: readonly { readonly name: string; readonly options: z.output<typeof samplerChoiceSchema> }[];
  /** Null if the peers are left out. */
  readonly peers: { readonly python: string; readonly names: readonly PeerName[] } | null;
  readonly problems: readonly Problem[];
  /** File of the searches that were made. */
  readonly results: string | undefined;
  readonly first: number;
  readonly seeds: number;
  readonly trials: number;
  readonly parallelism: number;
}

/** Parses the command line; returns the help text if it asks for help. @throws Error when it is invalid */
export function readOptions(args: readonly string[]): RegretOptions | string {
  const { values } = parseArgs({
    args: [...args],
    options: {
      sampler: { type: 'string', multiple: true, default: defaultSamplers },
      python: { type: 'string' },
      peers: { type: 'string', default: 'optuna,hyperopt' },
      classes: { type: 'string' },
      first: { type: 'string', default: String(firstReported) },
      seeds: { type: 'string' },
      trials: { type: 'string' },
      results: { type: 'string' },
      parallelism: { type: 'string', default: '1' },
      quick: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return help;
  const wanted = values.classes?.split(',');
  const unknown = wanted?.find((name) => !problemClasses.some((known) => known === name));
  if (unknown !== undefined) throw new Error(`there is no class ${unknown}; there are: ${problemClasses.join(', ')}`);
  const samplers = values.sampler.map(samplerFrom);
  const repeated = samplers.find(({ name }, index) => samplers.findIndex((other) => other.name === name) !== index);
  if (repeated) throw new Error(`two samplers are named ${repeated.name}`);
  const first = wholeNumber('first', values.first, 0);
  return {
    samplers,
    peers: values.python === undefined ? null : { python: values.python, names: values.peers.split(',').map(peerNamed) },
    problems: problemSet(first).filter((problem) => wanted?.includes(problem.class) ?? true),
    results: values.results,
    first,
    seeds: wholeNumber('seeds', values.seeds ?? (values.quick ? '1' : '3'), 1),
    trials: wholeNumber('trials', values.trials ?? (values.quick ? '30' : '70'), 1),
    parallelism: wholeNumber('parallelism', values.parallelism, 1),
  };
}

function peerNamed(name: string): PeerName {
  const found = allPeers.find((peer) => peer === name);
  if (found === undefined) throw new Error(`there is no peer ${name}; there are: ${allPeers.join(', ')}`);
  return found;
}

function samplerFrom(text: string): RegretOptions['samplers'][number] {
  const [, name, json] = /^([\w-]+)=(.+)$/s.exec(text) ?? [];
  if (name === undefined || json === undefined) throw new Error(`--sampler takes NAME=JSON, got ${text}`);
  return { name, options: samplerChoiceSchema.parse(JSON.parse(json)) };
}
