import { expect, test } from 'vitest';
import { optionViolations } from '../../../../src/studies/document/option-violations.ts';
import { begin, documentOf, finish } from '../../../studies/document/searches.ts';

test('the new budget of a fork or an import has no target that no trial can reach; that of an old definition may have one', async () => {
  const study = await begin({ sampler: { type: 'random' }, budget: { trials: 3 } });
  await finish(study);
  const document = await documentOf(study);
  const spec = {
    ...document.spec,
    metrics: [{ name: 'accuracy', direction: 'maximize' as const }],
    objective: { type: 'lstm-text-classifier' as const, dataset: 'imdb' as const, hyperparameters: {} },
  };
  const violations = [
    { pointer: '/budget/targetValue', detail: 'must be at most 1, the largest value of accuracy: no trial can reach 95' },
  ];
  for (const options of [{}, { fork: { trials: 2 } }]) {
    const request = { document: { ...document, spec }, ...options };
    expect(optionViolations({ ...request, budget: { trials: 20, targetValue: 95 } })).toEqual(violations);
    expect(optionViolations({ ...request, budget: { trials: 20, targetValue: 1 } })).toEqual([]);
    expect(optionViolations({ ...request, document: { ...document, spec: { ...spec, budget: { trials: 3, targetValue: 95 } } } })).toEqual(
      [],
    );
  }
});
