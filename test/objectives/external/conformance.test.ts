import { objectiveConformance } from '../conformance.ts';

objectiveConformance('external', {
  options: { metrics: [{ name: 'accuracy', direction: 'maximize' }], steps: 3, stallSeconds: 60 },
  space: [{ type: 'float', name: 'x', low: 0, high: 1 }],
  configurations: [{ x: 0.25 }, { x: 0.5 }],
});
