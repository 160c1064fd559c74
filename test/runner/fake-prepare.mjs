/** Prepares `<dataFolder>/dataset`; `dataset-behaviour` there may say `fail`, `die` or `hang`. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

process.on('disconnect', () => process.exit(1));
process.once('message', ({ dataFolder }) => {
  const file = join(dataFolder, 'dataset-behaviour');
  const behaviour = existsSync(file) ? readFileSync(file, 'utf8') : 'done';
  if (behaviour === 'die') process.exit(9);
  if (behaviour === 'hang') {
    setInterval(() => process.send({ type: 'progress', text: 'still at it', share: null }), 20);
    writeFileSync(join(dataFolder, 'prepare-pid'), String(process.pid));
  }
  if (behaviour === 'fail') process.send({ type: 'failed', message: 'there is no such archive' }, () => process.exit(1));
  if (behaviour === 'done') process.send({ type: 'done', folder: join(dataFolder, 'dataset'), digest: 'dd' }, () => process.exit(0));
});
