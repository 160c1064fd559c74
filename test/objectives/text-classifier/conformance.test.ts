import { objectiveConformance } from '../conformance.ts';

objectiveConformance('lstm-text-classifier', {
  options: { dataset: 'spam-assassin' },
  space: [
    { type: 'float', name: 'learningRate', low: 0.001, high: 0.1 },
    { type: 'int', name: 'epochs', low: 1, high: 5 },
  ],
  configurations: [
    { learningRate: 0.01, epochs: 2 },
    { learningRate: 0.02, epochs: 2 },
  ],
});
