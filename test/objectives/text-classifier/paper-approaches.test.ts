import { describe, expect, test } from 'vitest';
import { elitesOf } from '../../../src/samplers/genetic/state.ts';
import { flip } from '../../../src/samplers/genetic/variation.ts';
import { digestOf } from '../../../src/shared/digest.ts';
import { decodeGenome, geneTexts, genomeLayout } from '../../../src/space/genome.ts';
import { presetSpec, presets } from '../../../src/studies/definition/presets.ts';
import { resolveSpec } from '../../../src/studies/definition/resolve.ts';
import { runInOrder, type SimulatedStudy } from '../../studies/simulator.ts';

/** A smooth optimum at the paper's best model, so that a search has something to find. */
function accuracyOf(parameters: Readonly<Record<string, unknown>>): number {
  const distance = Math.abs(Math.log(Number(parameters['learningRate']) / 0.0075)) + Math.abs(Number(parameters['maxLength']) - 475) / 475;
  return 0.5 + 0.4 / (1 + distance);
}

const isFast = ({ name }: { readonly name: string }): boolean => name.endsWith('-fast');
const run = (preset: (typeof presets)[number]) => ({
  preset,
  study: runInOrder(resolveSpec(presetSpec(preset), 2020), ({ parameters }) => accuracyOf(parameters)),
});
const runs = presets.filter((preset) => !isFast(preset)).map(run);
const trialCounts: Readonly<Record<string, number>> = { 'paper-1': 1331, 'paper-2': 710, 'paper-3': 710 };

describe.each(runs)('approach $preset.name over 70 generations', ({ preset, study }) => {
  const elites = preset.name === 'paper-1' ? 1 : 10;
  const layout = genomeLayout(study.spec.searchSpace);

  test('charges the trials that the paper’s budget comes to', () => {
    expect(study).toMatchObject({ state: 'completed', outcome: { reason: 'budget', detail: '70 generations are done' } });
    expect(study.trials).toHaveLength(trialCounts[preset.name] ?? 0);
    expect(study.checkpoints.map((checkpoint) => checkpoint.generation)).toEqual([
      null,
      ...Array.from({ length: 70 }, (_, generation) => generation),
    ]);
    expect(study.mostOpen).toBe(20);
  });

  test('has 20 members in every generation, the best of the one before among them', () => {
    for (const [index, { population }] of study.checkpoints.entries()) {
      if (index === 0) continue;
      expect(population).toHaveLength(20);
      const before = study.checkpoints[index - 1]?.population ?? [];
      const best = [...before].sort((a, b) => Number(b.value) - Number(a.value) || a.trial - b.trial).slice(0, elites);
      expect(population.filter((member) => member.elite).map((member) => member.trial)).toEqual(best.map((member) => member.trial));
    }
  });

  test('can be retold from its origins: every child from its parents’ genomes, cut and flipped bits', () => {
    for (const trial of study.trials) {
      const genome = genomeOf(study, trial.number);
      expect(decodeGenome(study.spec.searchSpace, layout, genome)).toEqual(trial.parameters);
      if (trial.generation === 0) continue;
      const { parents, cut, flippedBits } = JSON.parse(JSON.stringify(trial.origin));
      const [first, second] = parents.map((parent: number) => geneTexts(layout, genomeOf(study, parent)));
      expect(flip([...first.slice(0, cut), ...second.slice(cut)].join(''), flippedBits)).toBe(genome);
      const members = study.checkpoints[trial.generation ?? 0]?.population.map((member) => member.trial) ?? [];
      expect(members).toEqual(expect.arrayContaining(parents));
      expect(parents[0]).not.toBe(parents[1]);
    }
  });

  test('never loses its best, and ends better than it began', () => {
    const best = study.checkpoints.slice(1).map(({ population }) => Math.max(...population.map((member) => Number(member.value))));
    expect(best).toEqual([...best].sort((a, b) => a - b));
    expect(best.at(-1)).toBeGreaterThan(best[0] ?? 1);
  });

  test('names each checkpoint by the digest of its state', () => {
    for (const checkpoint of study.checkpoints) expect(checkpoint.digest).toBe(digestOf(checkpoint.state));
  });
});

test('elites are copies: marking them changes no member of the population they came from', () => {
  const options = {
    type: 'genetic',
    population: 2,
    elites: 1,
    selectionExponent: 1,
    mutation: { probability: 0, kind: 'one-bit', bitProbability: 0 },
    bits: {},
  } as const;
  const population = [{ trial: 0, genome: '0', value: 1, elite: false }];
  expect(elitesOf('maximize', options, population)).toEqual([{ trial: 0, genome: '0', value: 1, elite: true }]);
  expect(population[0]?.elite).toBe(false);
});

function genomeOf(study: SimulatedStudy, number: number): string {
  return String(study.trials[number]?.origin['genome']);
}

describe.each(presets.filter(isFast).map(run))('approach $preset.name over 70 generations', ({ study }) => {
  const parametersOf = (number: number): Readonly<Record<string, unknown>> => study.trials[number]?.parameters ?? {};

  test('measures new individuals with 1 epoch, the best third with 3, a third of those with 9, and then with what their genome asks for', () => {
    expect(study).toMatchObject({ state: 'completed', outcome: { detail: '70 generations are done' } });
    for (const { number, origin, parameters } of study.trials) {
      const { rung, steps, continues } = JSON.parse(JSON.stringify(origin));
      if (rung === 0) expect(parameters['epochs'], `trial ${number}`).toBe(1);
      else expect({ ...parameters, epochs: null }).toEqual({ ...parametersOf(continues), epochs: null });
      if (rung === 1) expect(Number(parameters['epochs'])).toBeLessThanOrEqual(3);
      if (rung === 2) expect(Number(parameters['epochs'])).toBeLessThanOrEqual(9);
      if (rung === 0) expect(steps).toBeGreaterThanOrEqual(1);
    }
    const first = study.trials.filter(({ generation }) => generation === 0);
    expect(first.filter(({ origin }) => origin['rung'] === 0)).toHaveLength(20);
    expect(first.filter(({ origin }) => origin['rung'] === 1).length).toBeLessThanOrEqual(6);
    expect(first.filter(({ origin }) => origin['rung'] === 2).length).toBeLessThanOrEqual(2);
  });

  test('continues only the best of a rung', () => {
    const accuracies = (rung: number) =>
      study.trials
        .filter(({ generation, origin }) => generation === 0 && origin['rung'] === rung)
        .map(({ parameters }) => accuracyOf(parameters));
    const [all, going] = [accuracies(0), accuracies(1)];
    const bar = [...all].sort((one, other) => other - one)[5] ?? 0;
    for (const accuracy of going) expect(accuracy).toBeGreaterThanOrEqual(bar);
  });

  test('marks those that stopped at a rung in the population, and keeps 20 members', () => {
    const closed = study.checkpoints.filter(({ generation }) => generation !== null);
    expect(closed.map(({ generation }) => generation)).toEqual(Array.from({ length: 70 }, (_, generation) => generation));
    for (const { population } of closed) {
      expect(population).toHaveLength(20);
      for (const { trial, prunedAt } of population) if (prunedAt !== undefined) expect(parametersOf(trial)['epochs']).toBe(prunedAt);
    }
  });
});
