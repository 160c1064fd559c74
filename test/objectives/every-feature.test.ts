import { vi } from 'vitest';
import { objectiveConformance } from './conformance.ts';

vi.mock('../../src/objectives/test-function/objective.ts', async (original) => {
  const { withEveryFeature } = await import('./every-feature.ts');
  return withEveryFeature(await original());
});

objectiveConformance('test-function', {
  options: { function: 'lstm-landscape', examples: 500 },
  space: [
    { type: 'float', name: 'learningRate', low: 0.001, high: 0.1 },
    { type: 'int', name: 'steps', low: 1, high: 5 },
  ],
  configurations: [
    { learningRate: 0.01, steps: 2 },
    { learningRate: 0.02, steps: 2 },
  ],
});
