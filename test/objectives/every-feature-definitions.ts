import type { ObjectiveDefinitions } from '../../src/objectives/definitions.ts';

const searchSpace = [
  { type: 'float', name: 'learningRate', low: 0.0005, high: 0.5115, step: 0.0005 },
  { type: 'int', name: 'hiddenUnits', low: 1, high: 511 },
  { type: 'int', name: 'steps', low: 1, high: 15 },
];
const objective = { type: 'test-function', function: 'lstm-landscape' };
const metric = { name: 'value', direction: 'maximize' };
const shared = { searchSpace, metrics: [metric], objective };

function genetic(elites: number, selectionExponent: number) {
  return { sampler: { type: 'genetic', population: 20, elites, selectionExponent }, budget: { generations: 70 } };
}

/** A campaign of two methods whose numbers can be scaled, whose final crosses the best of both. */
const campaign = {
  name: 'landscape',
  searchSpace,
  metric,
  objective,
  studies: [
    { name: 'random', sampler: { type: 'random' }, budget: { trials: 70 } },
    { name: 'genetic', ...genetic(1, 4) },
  ],
  final: { finalists: [{ study: 'random' }, { study: 'genetic' }], cross: true },
  evaluation: { repeats: 5 },
};

/** The named definitions of the objective with every feature: of each kind at least one. */
export const everyFeatureDefinitions = {
  studyPresets: [
    { name: 'landscape-1', summary: 'One elite.', definition: { name: 'landscape-1', ...shared, ...genetic(1, 4) } },
    { name: 'landscape-2', summary: 'Ten elites.', definition: { name: 'landscape-2', ...shared, ...genetic(10, 2) } },
  ],
  campaignPresets: [{ name: 'landscape', summary: 'Two methods and a final.', definition: campaign }],
  campaignExamples: [{ name: 'landscape example', summary: 'Two methods and a final.', definition: { ...campaign, dryRun: true } }],
  quickstarts: [
    {
      name: 'landscape',
      summary: 'Two methods look for the highest point.',
      definition: {
        preset: 'landscape',
        name: 'quickstart-landscape',
        studies: [
          { name: 'random', sampler: { type: 'random' }, budget: { trials: 12 } },
          { name: 'genetic', sampler: { type: 'genetic', population: 4, elites: 1 }, budget: { generations: 4 } },
        ],
        seed: 2020,
      },
    },
  ],
} satisfies ObjectiveDefinitions;
