import type { Tensor, TensorFlow } from './load.ts';
import { nativeOp } from './native-op.ts';
import { withGradient } from './with-gradient.ts';

/**
 * Gathers rows of a table by index, with a gradient to the table: used for the word embedding and to pick each text's last
 * state. The library's own gather checks every index in JavaScript on each call and transposes in its gradient.
 *
 * The gradient adds up rows in index order on one thread, so that it has the same bits each time.
 *
 * @param table `[rows, width]`
 * @param indices int32 `[count]`, each in 0 … rows − 1
 * @returns `[count, width]`
 */
export function gatherRows(tf: TensorFlow, table: Tensor, indices: Tensor): Tensor {
  const rows = table.shape[0] as number;
  return withGradient(tf, [table], () => ({
    value: gather(tf, table, indices),
    saved: [indices],
    gradient: (upstream, [saved]) => [segmentSum(tf, upstream, saved as Tensor, rows)],
  }));
}

function gather(tf: TensorFlow, table: Tensor, indices: Tensor): Tensor {
  const axis = tf.scalar(0, 'int32');
  const [rows] = nativeOp(tf, {
    op: 'GatherV2',
    attributes: { batch_dims: { int: 0 }, Tparams: { type: 'float32' }, Tindices: { type: 'int32' }, Taxis: { type: 'int32' } },
    inputs: [table, indices, axis],
    outputs: 1,
  });
  return rows as Tensor;
}

function segmentSum(tf: TensorFlow, values: Tensor, indices: Tensor, rows: number): Tensor {
  const count = tf.scalar(rows, 'int32');
  const [sums] = nativeOp(tf, {
    op: 'UnsortedSegmentSum',
    attributes: { T: { type: 'float32' }, Tindices: { type: 'int32' }, Tnumsegments: { type: 'int32' } },
    inputs: [values, indices, count],
    outputs: 1,
  });
  return sums as Tensor;
}
