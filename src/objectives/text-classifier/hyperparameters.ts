import { z } from 'zod';
import { describedEnum } from '../../shared/described-enum.ts';

/**
 * Every hyperparameter of the LSTM text classifier with its meaning and range. Each of them may be fixed in the objective
 * or searched.
 */
export const hyperparameterRanges = {
  learningRate: z
    .number()
    .gt(0)
    .max(10)
    .describe('Step size of the optimizer (α), constant over the run unless the sampler changes it. Default 0.001.'),
  hiddenUnits: z.int().min(1).max(2048).describe('Units of the LSTM. Default 64.'),
  epochs: z.int().min(1).max(1000).describe('Passes over the training split. Default 3.'),
  maxLength: z.int().min(1).max(4096).describe('First words of a text that are read, the start token included. Default 200.'),
  vocabularySize: z
    .int()
    .min(10)
    .max(65_000)
    .describe('Most frequent words kept, the three special tokens included; others become one unknown token. Default 5000.'),
  embeddingSize: z.int().min(1).max(1024).describe('Dimensions of the word embedding. Default 32.'),
  batchSize: z.int().min(1).max(4096).describe('Texts per training step. Default 64.'),
  optimizer: describedEnum(
    ['adam', 'rmsprop', 'sgd'],
    { adam: 'Adam with β 0.9/0.999, ε 1e-7; the default.', rmsprop: 'RMSProp with decay 0.9, ε 1e-7.', sgd: 'plain gradient descent.' },
    'The optimizer.',
  ),
  dropout: z.number().min(0).max(0.95).describe('Share of the classified state that is dropped in training. Default 0.'),
  clipNorm: z.number().min(0).max(1000).describe('Global norm that gradients are clipped to; 0 switches clipping off. Default 0.'),
} as const;

/** The complete set of hyperparameters of one training. */
export const hyperparametersSchema = z.strictObject(hyperparameterRanges);
export type Hyperparameters = z.output<typeof hyperparametersSchema>;
export type HyperparameterName = keyof Hyperparameters;

/** Values of the hyperparameters that neither the objective nor the search space sets. */
export const hyperparameterDefaults: Hyperparameters = {
  learningRate: 0.001,
  hiddenUnits: 64,
  epochs: 3,
  maxLength: 200,
  vocabularySize: 5000,
  embeddingSize: 32,
  batchSize: 64,
  optimizer: 'adam',
  dropout: 0,
  clipNorm: 0,
};

/** True if a hyperparameter has this name. */
export function isHyperparameter(name: string): name is HyperparameterName {
  return Object.hasOwn(hyperparameterRanges, name);
}
