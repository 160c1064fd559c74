import type { EncodedBatch } from '../encode.ts';
import type { Hyperparameters } from '../hyperparameters.ts';
import { type LabelledBatch, logits, lossAndGradients } from './classifier.ts';
import { initialWeights, type PerWeight, perWeight, type WeightName, weightNames, weightShapes } from './initial-weights.ts';
import type { Tensor, TensorFlow } from './load.ts';
import { NativeVariable } from './native-variable.ts';
import { clipByGlobalNorm, type Optimizer, optimizers } from './optimizers.ts';

/** A weight or one of its optimizer slots (`lstmKernel/firstMoment`). */
export interface NamedValues {
  readonly name: string;
  readonly shape: readonly number[];
  /** Row-major. */
  readonly values: Float32Array;
}

/** Everything that is needed to continue a training. */
export interface ModelState {
  /** Number of updates so far. Adam's bias correction depends on it. */
  readonly optimizerSteps: number;
  /** In a fixed order. */
  readonly tensors: readonly NamedValues[];
}

/** A classifier with its weights and optimizer. Owns native memory; dispose it. */
export class Model implements Disposable {
  readonly #tf: TensorFlow;
  readonly #hyperparameters: Hyperparameters;
  readonly #optimizer: Optimizer;
  readonly #weights: PerWeight<NativeVariable>;
  readonly #slots: PerWeight<readonly NativeVariable[]>;
  #optimizerSteps = 0;

  /** @param modelSeed seed of the initial weights (see `initialWeights`) */
  constructor(tf: TensorFlow, hyperparameters: Hyperparameters, modelSeed: string) {
    const shapes = weightShapes(hyperparameters);
    const values = initialWeights(hyperparameters, modelSeed);
    const optimizer = optimizers[hyperparameters.optimizer];
    const zeros = (name: WeightName): NativeVariable => new NativeVariable(tf, shapes[name], new Float32Array(values[name].length));
    this.#tf = tf;
    this.#hyperparameters = hyperparameters;
    this.#optimizer = optimizer;
    this.#weights = perWeight((name) => new NativeVariable(tf, shapes[name], values[name]));
    this.#slots = perWeight((name) => [...optimizer.slots, ...optimizer.scratchSlots].map(() => zeros(name)));
  }

  /**
   * Runs one training step: loss, gradients, update.
   *
   * @param learningRate default: that of the hyperparameters
   * @returns the batch's loss before the update; if it is not finite, the weights are not updated
   */
  step(batch: LabelledBatch, learningRate = this.#hyperparameters.learningRate): number {
    return this.#tf.tidy(() => {
      const { loss, gradients } = lossAndGradients(this.#tf, this.#readWeights(), batch);
      const value = loss.dataSync()[0] as number;
      if (Number.isFinite(value)) this.#update(gradients, learningRate);
      return value;
    });
  }

  /** Computes the logits of a batch without dropout. `[batch]` */
  logits(batch: EncodedBatch): Float32Array {
    return this.#tf.tidy(() => Float32Array.from(logits(this.#tf, this.#readWeights(), batch, null).dataSync()));
  }

  /** Copies the state that is needed to continue the training. */
  state(): ModelState {
    const tensors = this.#saved().map(([name, variable]) => ({ name, shape: variable.shape, values: variable.values() }));
    return { optimizerSteps: this.#optimizerSteps, tensors };
  }

  /**
   * Restores a state that `state` returned.
   *
   * @throws Error when its tensors do not match this model's; the model is unchanged then
   */
  restore({ optimizerSteps, tensors }: ModelState): void {
    const saved = this.#saved();
    const described = (list: readonly (readonly [string, readonly number[]])[]): string => JSON.stringify(list);
    const expected = described(saved.map(([name, { shape }]) => [name, shape]));
    const received = described(tensors.map(({ name, shape }) => [name, shape]));
    if (expected !== received) throw new Error(`the saved tensors are ${received}, but this model has ${expected}`);
    saved.forEach(([, variable], index) => {
      variable.assign((tensors[index] as NamedValues).values);
    });
    this.#optimizerSteps = optimizerSteps;
  }

  [Symbol.dispose](): void {
    for (const name of weightNames) {
      this.#weights[name][Symbol.dispose]();
      for (const slot of this.#slots[name]) slot[Symbol.dispose]();
    }
  }

  #readWeights(): PerWeight<Tensor> {
    return perWeight((name) => this.#weights[name].read());
  }

  #update(gradients: PerWeight<Tensor>, learningRate: number): void {
    this.#optimizerSteps += 1;
    const { clipNorm } = this.#hyperparameters;
    const clipped = clipByGlobalNorm(
      this.#tf,
      weightNames.map((name) => gradients[name]),
      clipNorm,
    );
    weightNames.forEach((name, index) => {
      const gradient = clipped[index] as Tensor;
      const step = this.#optimizerSteps;
      this.#optimizer.update(this.#tf, { variable: this.#weights[name], slots: this.#slots[name], gradient, learningRate, step });
    });
  }

  #saved(): (readonly [string, NativeVariable])[] {
    return weightNames.flatMap((name) => [
      [name, this.#weights[name]] as const,
      ...this.#optimizer.slots.map((slot, index) => [`${name}/${slot}`, this.#slots[name][index] as NativeVariable] as const),
    ]);
  }
}
