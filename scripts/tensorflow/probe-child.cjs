// Loads @tensorflow/tfjs-node from the folder given as argument and uses it, in a process of its own, which a broken library may abort.
// Prints {"version": "<TensorFlow's version>"} if a matrix product and an LSTM over time have the expected results.
const util = require('node:util');
// Node 23 removed this function, which the package still calls.
util.isNullOrUndefined ??= (value) => value === null || value === undefined;

const tf = require(process.argv[2]);
const backend = tf.backend();
const { binding } = backend;

const product = tf.matMul([[1, 2]], [[3], [4]]).dataSync()[0];
if (product !== 11) throw new Error(`[1 2] times [3 4] should be 11, but is ${product}.`);

const { Int64Scalar } = require(`${process.argv[2]}/dist/int64_tensors.js`);
const [time, batch, inputs, units] = [2, 1, 1, 1];
const attributes = [
  { name: 'forget_bias', type: binding.TF_ATTR_FLOAT, value: 0 },
  { name: 'cell_clip', type: binding.TF_ATTR_FLOAT, value: -1 },
  { name: 'use_peephole', type: binding.TF_ATTR_BOOL, value: false },
  { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT },
];
const zeros = (...shape) => tf.zeros(shape);
const outputs = backend.executeMultipleOutputs(
  'BlockLSTMV2',
  attributes,
  [
    new Int64Scalar(time),
    tf.ones([time, batch, inputs]),
    zeros(batch, units),
    zeros(batch, units),
    zeros(inputs + units, 4 * units),
    zeros(units),
    zeros(units),
    zeros(units),
    tf.tensor1d([0, 0, 1, 0]), // gates in the order input, forget, candidate, output
  ],
  7,
);
// The first step: c = σ(0)·tanh(1), h = σ(0)·tanh(c).
const expected = 0.5 * Math.tanh(0.5 * Math.tanh(1));
const hidden = outputs[6].dataSync()[0];
if (!(Math.abs(hidden - expected) < 1e-5)) throw new Error(`The LSTM's first state should be ${expected}, but is ${hidden}.`);

process.stdout.write(JSON.stringify({ version: binding.TF_Version }));
