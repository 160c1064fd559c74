/** A trainer on a machine without TensorFlow. */
process.send({ type: 'unavailable', message: 'TensorFlow is missing: run npm run setup' }, () => process.exit(0));
