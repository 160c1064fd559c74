/** Prepares nothing, because the fast trainer reads no texts. */
process.on('disconnect', () => process.exit(1));
process.once('message', ({ dataFolder }) => {
  process.send({ type: 'done', folder: dataFolder, digest: 'no texts at all' }, () => process.exit(0));
});
