/**
 * A service that compresses texts and tunes itself on its own traffic: POST / returns the body, compressed; GET / returns the settings.
 *
 *   CLAVIER_URL=http://127.0.0.1:8080 PORT=3000 node examples/node-service/service.mjs
 *
 * Each trial of its study compresses the next requests with other settings and measures what they cost. When the study has ended, the
 * service goes on with the best ones. It also answers while the tuning service is away: then the settings stay as they are.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { createClient, optimize } from 'clavier/client';

/** Requests that measure one trial. */
const requestsPerTrial = 5;
/** Time that the network of our users needs for a byte. */
const millisecondsPerByte = 0.001;

const state = { settings: { level: 6, memLevel: 8 }, tuned: false };

/**
 * The trial that the next requests measure.
 * @type {{ parameters: Record<string, unknown>, left: number, cost: number, finish: (cost: number) => void } | null}
 */
let measuring = null;

/** The objective: resolves with the mean cost once enough requests came. */
function measure({ parameters, signal }) {
  return new Promise((resolve, reject) => {
    const end = (settle) => {
      measuring = null;
      settle();
    };
    measuring = { parameters, left: requestsPerTrial, cost: 0, finish: (cost) => end(() => resolve(cost)) };
    signal.addEventListener('abort', () => end(() => reject(signal.reason)));
  });
}

function compress(text) {
  const trial = measuring;
  const begun = performance.now();
  const compressed = gzipSync(text, trial ? trial.parameters : state.settings);
  if (trial) {
    trial.cost += performance.now() - begun + compressed.length * millisecondsPerByte;
    trial.left -= 1;
    if (trial.left === 0) trial.finish(trial.cost / requestsPerTrial);
  }
  return compressed;
}

async function tune(client, signal) {
  const study = await client.createStudy({
    name: 'compression',
    searchSpace: [
      { type: 'int', name: 'level', low: 1, high: 9 },
      { type: 'int', name: 'memLevel', low: 1, high: 9 },
    ],
    metrics: [{ name: 'milliseconds' }],
    sampler: { type: 'tpe' },
    budget: { trials: 12 },
    objective: { type: 'external', metrics: [{ name: 'milliseconds', direction: 'minimize' }] },
  });
  const { ended } = await optimize(client, study.id, measure, { worker: 'compression service', signal });
  const { best } = await client.getStudy(study.id);
  if (ended === null || best === null) return;
  Object.assign(state, { settings: best.parameters, tuned: true });
}

const server = createServer(async (request, response) => {
  if (request.method === 'POST') response.setHeader('content-encoding', 'gzip').end(compress(await buffer(request)));
  else response.setHeader('content-type', 'application/json').end(JSON.stringify(state));
});
server.listen(Number(process.env.PORT ?? 3000), '127.0.0.1');
await once(server, 'listening');
console.log(`listening on http://127.0.0.1:${server.address().port}`);

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => stop.abort(new Error(signal)));
const client = createClient({ baseUrl: process.env.CLAVIER_URL ?? 'http://127.0.0.1:8080', key: process.env.CLAVIER_KEY });
try {
  await tune(client, stop.signal);
} catch (error) {
  console.error('the settings stay as they are:', error);
}
// The trial in progress, if there is one, has been returned by now.
if (!stop.signal.aborted) await once(stop.signal, 'abort');
server.close();
