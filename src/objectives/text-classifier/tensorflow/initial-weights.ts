import { type RandomStream, randomStream } from '../../../shared/random.ts';
import type { Hyperparameters } from '../hyperparameters.ts';
import { gateOrder } from './lstm-layer.ts';

/** The weights of the classifier, in the order in which they are listed, saved and updated. */
export const weightNames = ['embedding', 'lstmKernel', 'lstmBias', 'outputKernel', 'outputBias'] as const;
export type WeightName = (typeof weightNames)[number];

/** One value for each weight. */
export type PerWeight<Value> = Readonly<Record<WeightName, Value>>;

/** Bound of the uniform distribution of initial word embeddings, as in tf.keras. */
const embeddingBound = 0.05;

/** Makes a value for each weight. */
export function perWeight<Value>(make: (name: WeightName) => Value): PerWeight<Value> {
  return {
    embedding: make('embedding'),
    lstmKernel: make('lstmKernel'),
    lstmBias: make('lstmBias'),
    outputKernel: make('outputKernel'),
    outputBias: make('outputBias'),
  };
}

type Sizes = Pick<Hyperparameters, 'vocabularySize' | 'embeddingSize' | 'hiddenUnits'>;

/** Returns the shape of each weight. Kernels are `[inputs, outputs]`; for the LSTM's see `LstmWeights`. */
export function weightShapes({ vocabularySize, embeddingSize, hiddenUnits }: Sizes): PerWeight<readonly number[]> {
  const gates = gateOrder.length * hiddenUnits;
  return {
    embedding: [vocabularySize, embeddingSize],
    lstmKernel: [embeddingSize + hiddenUnits, gates],
    lstmBias: [gates],
    outputKernel: [hiddenUnits, 1],
    outputBias: [1],
  };
}

/**
 * Draws the initial weights of a training: the embedding is uniform in ±0.05, kernels are Glorot-uniform (Glorot and Bengio,
 * 2010; the LSTM's input and recurrent rows each by their own size), biases are 0, except 1 for the forget gate (Jozefowicz
 * et al., 2015).
 *
 * @param modelSeed seed of one stream for each weight, so that its values do not depend on the shapes of the others
 */
export function initialWeights(sizes: Sizes, modelSeed: string): PerWeight<Float32Array> {
  const { vocabularySize, embeddingSize, hiddenUnits } = sizes;
  const stream = (name: WeightName): RandomStream => randomStream(modelSeed, `weights/${name}`);
  const gates = gateOrder.length * hiddenUnits;
  const kernel = new Float32Array((embeddingSize + hiddenUnits) * gates);
  const kernelStream = stream('lstmKernel');
  fillUniform(kernel.subarray(0, embeddingSize * gates), glorotBound(embeddingSize, gates), kernelStream);
  fillUniform(kernel.subarray(embeddingSize * gates), glorotBound(hiddenUnits, gates), kernelStream);
  return {
    embedding: fillUniform(new Float32Array(vocabularySize * embeddingSize), embeddingBound, stream('embedding')),
    lstmKernel: kernel,
    lstmBias: new Float32Array(gates).fill(1, gateOrder.indexOf('forget') * hiddenUnits, (gateOrder.indexOf('forget') + 1) * hiddenUnits),
    outputKernel: fillUniform(new Float32Array(hiddenUnits), glorotBound(hiddenUnits, 1), stream('outputKernel')),
    outputBias: new Float32Array(1),
  };
}

function glorotBound(inputs: number, outputs: number): number {
  return Math.sqrt(6 / (inputs + outputs));
}

function fillUniform(values: Float32Array, bound: number, stream: RandomStream): Float32Array {
  for (let index = 0; index < values.length; index += 1) values[index] = (2 * stream.uniform() - 1) * bound;
  return values;
}
