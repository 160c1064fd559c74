import { describe } from 'vitest';
import { objectiveConformance } from './conformance.ts';

describe('lstm-text-classifier', () =>
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
  }));

describe('test-function', () =>
  objectiveConformance('test-function', {
    options: { function: 'branin', noise: 0.1 },
    space: [
      { type: 'float', name: 'x1', low: -5, high: 10 },
      { type: 'float', name: 'x2', low: 0, high: 15 },
      { type: 'int', name: 'steps', low: 1, high: 4 },
    ],
    configurations: [
      { x1: 1, x2: 2, steps: 2 },
      { x1: 2, x2: 2, steps: 2 },
    ],
  }));
