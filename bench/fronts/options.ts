import { parseArgs } from 'node:util';
import { type SamplerOptions, samplerOptionsSchema } from '../../src/samplers/table.ts';
import { wholeNumber } from '../support/whole-number.ts';
import { type FrontPeerName, peerNames } from './peers.ts';
import { type FrontProblem, frontProblems, tuningProblems } from './problems.ts';

const help = `usage: npm run bench:fronts [-- options]

  --sampler NAME=JSON  one of our samplers with its options, e.g. 'small={"type":"nsga2","population":20}'; may be repeated.
                       Every other one is compared with the first. Default: nsga2, quasi-random, random
  --python PATH        a Python with optuna, whose samplers are run beside ours. To set one up:
                         python3 -m venv FOLDER && FOLDER/bin/pip install optuna
  --peers A,B          those of its samplers: ${peerNames.join(', ')} (all). TPE takes 0.1 to 1 s a trial
  --tuning             the problems that settings are chosen on, in place of those that are reported
  --problems A,B       only these problems
  --seeds N            searches of each sampler on each problem (5)
  --first-seed N       seed of the first one (0)
  --trials N           trials of a search (400)
  --quick              one seed, 100 trials
`;

const defaultSamplers = ['nsga2={"type":"nsga2"}', 'quasi-random={"type":"quasi-random"}', 'random={"type":"random"}'];

/** What is measured. */
export interface FrontOptions {
  readonly samplers: readonly { readonly name: string; readonly options: SamplerOptions }[];
  /** Null if the peers are left out. */
  readonly peers: { readonly python: string; readonly names: readonly FrontPeerName[] } | null;
  readonly problems: readonly FrontProblem[];
  readonly seeds: readonly number[];
  readonly trials: number;
}

/** Parses the command line; returns the help text if it asks for help. @throws Error when it is invalid */
export function readOptions(args: readonly string[]): FrontOptions | string {
  const { values } = parseArgs({
    args: [...args],
    options: {
      sampler: { type: 'string', multiple: true, default: defaultSamplers },
      python: { type: 'string' },
      peers: { type: 'string', default: peerNames.join(',') },
      tuning: { type: 'boolean', default: false },
      problems: { type: 'string' },
      seeds: { type: 'string' },
      'first-seed': { type: 'string', default: '0' },
      trials: { type: 'string' },
      quick: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return help;
  const all = values.tuning ? tuningProblems() : frontProblems();
  const wanted = values.problems?.split(',') ?? all.map(({ name }) => name);
  const firstSeed = wholeNumber('first-seed', values['first-seed'], 0);
  return {
    samplers: values.sampler.map(samplerFrom),
    peers: values.python === undefined ? null : { python: values.python, names: values.peers.split(',').map(peerNamed) },
    problems: wanted.map((name) => problemNamed(all, name)),
    seeds: Array.from({ length: wholeNumber('seeds', values.seeds ?? (values.quick ? '1' : '5'), 1) }, (_, index) => firstSeed + index),
    trials: wholeNumber('trials', values.trials ?? (values.quick ? '100' : '400'), 4),
  };
}

function peerNamed(name: string): FrontPeerName {
  const found = peerNames.find((peer) => peer === name);
  if (found === undefined) throw new Error(`there is no peer ${name}; there are: ${peerNames.join(', ')}`);
  return found;
}

function problemNamed(all: readonly FrontProblem[], name: string): FrontProblem {
  const found = all.find((problem) => problem.name === name);
  if (!found) throw new Error(`there is no problem ${name}; there are: ${all.map((problem) => problem.name).join(', ')}`);
  return found;
}

function samplerFrom(text: string): FrontOptions['samplers'][number] {
  const [, name, json] = /^([\w-]+)=(.+)$/s.exec(text) ?? [];
  if (name === undefined || json === undefined) throw new Error(`--sampler takes NAME=JSON, got ${text}`);
  return { name, options: samplerOptionsSchema.parse(JSON.parse(json)) };
}
