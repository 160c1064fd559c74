/**
 * Started with `--import slow-tpe.js?milliseconds=…&from=…&cost=…`, in a built service and in its planning threads: the TPE sampler thinks for so
 * long about each suggestion from trial `from` on. No service has a setting for it.
 */
const wanted = new URL(import.meta.url).searchParams;
const milliseconds = Number(wanted.get('milliseconds'));
const from = Number(wanted.get('from'));

const built = new URL('../../../samplers/tpe/sampler.js', import.meta.url).href;
const { tpeSampler }: typeof import('../../src/samplers/tpe/sampler.ts') = await import(built);
const atOnce = tpeSampler.suggest;
Object.assign(tpeSampler, {
  cost: wanted.get('cost') === 'instant' ? 'instant' : 'slow',
  suggest: (...[problem, options, state, request]: Parameters<typeof atOnce>) => {
    const end = request.firstIndex < from ? 0 : performance.now() + milliseconds;
    while (performance.now() < end);
    return atOnce(problem, options, state, request);
  },
});
