/** The API of the built service, in a process of its own with DATABASE_URL: as `clavier api` runs it. It tells its address. */
const built = (path: string): string => new URL(`../../../${path}.js`, import.meta.url).href;
const { loadConfig }: typeof import('../../src/config.ts') = await import(built('config'));
const { createLog }: typeof import('../../src/log.ts') = await import(built('log'));
const { startService }: typeof import('../../src/service.ts') = await import(built('service'));

const config = loadConfig(process.env);
const service = await startService(
  config,
  createLog({ ...config, logLevel: 'warn' }, 'stdout'),
  { verb: 'api', api: true, runner: false },
  { stop: new AbortController().signal },
);
process.send?.({ url: service.url });
process.once('disconnect', () => void service.drain({ now: true }).then(() => process.exit(0)));
process.on('message', () => process.send?.({ rssMb: process.memoryUsage().rss / 1_048_576 }));

export {};
