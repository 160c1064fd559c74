import { objectiveConformance } from '../conformance.ts';

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
});
