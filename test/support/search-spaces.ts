import { type SearchSpace, searchSpaceSchema } from '../../src/space/schema.ts';

/** Search spaces with every kind of parameter, scale and condition, by what is special about them. */
const samples = {
  'steps, ints and choices': [
    { type: 'float', name: 'rate', low: 0.0005, high: 0.0105, step: 0.0005 },
    { type: 'int', name: 'units', low: 1, high: 9, step: 2 },
    { type: 'categorical', name: 'optimizer', choices: ['adam', 'sgd', true, 7] },
  ],
  'log scales': [
    { type: 'int', name: 'units', low: 1, high: 100, scale: 'log' },
    { type: 'float', name: 'rate', low: 0.001, high: 0.01, step: 0.001, scale: 'log' },
  ],
  'continuous ranges': [
    { type: 'float', name: 'dropout', low: 0, high: 0.5 },
    { type: 'float', name: 'rate', low: 1e-5, high: 0.1, scale: 'log' },
    { type: 'float', name: 'shift', low: -1, high: 1 },
  ],
  'conditions within conditions': [
    { type: 'categorical', name: 'optimizer', choices: ['adam', 'sgd'] },
    { type: 'int', name: 'layers', low: 1, high: 3, when: { parameter: 'optimizer', values: ['sgd'] } },
    { type: 'float', name: 'momentum', low: 0, high: 1, step: 0.25, when: { parameter: 'layers', values: [2, 3] } },
    { type: 'int', name: 'units', low: 1, high: 4 },
  ],
  'one parameter': [{ type: 'int', name: 'units', low: 1, high: 100 }],
  'a single value beside a free one': [
    { type: 'categorical', name: 'fixed', choices: ['only'] },
    { type: 'int', name: 'units', low: 5, high: 64 },
  ],
} as const;

export type SampleSpace = keyof typeof samples;

export const sampleSpaceNames = Object.keys(samples) as SampleSpace[]; // the object is a literal: it has no other keys

/** One of the sample spaces, read as a study reads it. */
export function sampleSpace(name: SampleSpace): SearchSpace {
  return searchSpaceSchema.parse(samples[name]);
}
