import { type RandomStream, randomStream } from '../../../shared/random.ts';
import type { Hyperparameters } from '../hyperparameters.ts';
import { GATE_ORDER } from './lstm-layer.ts';

/** The weights of the classifier, in the order they are listed, saved and updated. */
export const WEIGHT_NAMES = ['embedding', 'lstmKernel', 'lstmBias', 'outputKernel', 'outputBias'] as const;
export type WeightName = (typeof WEIGHT_NAMES)[number];

/** What a value of the record is for each weight. */
export type PerWeight<Value> = Readonly<Record<WeightName, Value>>;

/** Bounds of the uniform distribution that word embeddings start from, as in tf.keras. */
const EMBEDDING_BOUND = 0.05;

/** Makes the same thing of each weight. */
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

/** The shape of each weight; kernels are `[inputs, outputs]`, the LSTM's as `LstmWeights` says. */
export function weightShapes({ vocabularySize, embeddingSize, hiddenUnits }: Sizes): PerWeight<readonly number[]> {
  const gates = GATE_ORDER.length * hiddenUnits;
  return {
    embedding: [vocabularySize, embeddingSize],
    lstmKernel: [embeddingSize + hiddenUnits, gates],
    lstmBias: [gates],
    outputKernel: [hiddenUnits, 1],
    outputBias: [1],
  };
}

/**
 * The weights a training starts from: embedding uniform in ±0.05, kernels Glorot-uniform (Glorot and Bengio, 2010; the
 * LSTM's input and recurrent rows each by their own size), biases 0 but 1 for the forget gate (Jozefowicz et al., 2015).
 *
 * @param modelSeed each weight has a stream of its own, so that its values do not depend on the others' shapes
 */
export function initialWeights(sizes: Sizes, modelSeed: string): PerWeight<Float32Array> {
  const { vocabularySize, embeddingSize, hiddenUnits } = sizes;
  const stream = (name: WeightName): RandomStream => randomStream(modelSeed, `weights/${name}`);
  const gates = GATE_ORDER.length * hiddenUnits;
  const kernel = new Float32Array((embeddingSize + hiddenUnits) * gates);
  const kernelStream = stream('lstmKernel');
  fillUniform(kernel.subarray(0, embeddingSize * gates), glorotBound(embeddingSize, gates), kernelStream);
  fillUniform(kernel.subarray(embeddingSize * gates), glorotBound(hiddenUnits, gates), kernelStream);
  return {
    embedding: fillUniform(new Float32Array(vocabularySize * embeddingSize), EMBEDDING_BOUND, stream('embedding')),
    lstmKernel: kernel,
    lstmBias: new Float32Array(gates).fill(1, GATE_ORDER.indexOf('forget') * hiddenUnits, (GATE_ORDER.indexOf('forget') + 1) * hiddenUnits),
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
