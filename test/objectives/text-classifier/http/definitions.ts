import { geneticStudy, smallCampaign } from '../../../http/definitions.ts';

const objective = { type: 'lstm-text-classifier', dataset: 'spam-assassin', trainSize: 100 };

/** A small genetic study that trains text classifiers. */
export function trainedStudy(changes: Record<string, unknown> = {}) {
  return geneticStudy({ metrics: [{ name: 'accuracy' }], objective, ...changes });
}

/** A small campaign that trains text classifiers. */
export function trainedCampaign(changes: Record<string, unknown> = {}) {
  return smallCampaign({ metric: { name: 'accuracy' }, objective, ...changes });
}
