/**
 * CHAOS_CLOCK_FOLDER: at SIGUSR2 the clock of this process jumps by the number of milliseconds in the file of that folder named
 * after its process number. Only the time of day jumps; a monotonic clock never does.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const { CHAOS_CLOCK_FOLDER: folder } = process.env;
if (folder) {
  const RealDate = Date;
  let aheadMs = 0;
  const now = () => RealDate.now() + aheadMs;
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, args, newTarget) => Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
    apply: () => new RealDate(now()).toString(),
    get: (target, key, receiver) => (key === 'now' ? now : Reflect.get(target, key, receiver)),
  });
  process.on('SIGUSR2', () => {
    aheadMs = Number(readFileSync(join(folder, String(process.pid)), 'utf8'));
  });
}
