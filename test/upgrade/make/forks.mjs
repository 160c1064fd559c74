/** Imports every export into a scene of its own, forks it, and keeps what the forks come to. */
import { fileOf } from './record.mjs';
import { ended } from './workshop.mjs';

export async function forksOf(workshop, record, write, read) {
  const scene = await workshop.scene('forks');
  const service = await scene.start();
  const forks = [];
  for (const { name, document } of await documentsOf(record, read)) {
    const request = forkOf(document, forks.length);
    if (!request) continue;
    const fork = await service.post('/v1/studies/import', { document, ...request });
    await ended(service, `/v1/studies/${fork.id}`);
    const { verified } = await service.post(`/v1/studies/${fork.id}/verify`);
    if (!verified) throw new Error(`the fork of ${name} does not verify`);
    const file = `forks/${fileOf(name)}`;
    await write(file, await service.text(`/v1/studies/${fork.id}/export?provenance=false`));
    forks.push({ name, file, request, repeatable: document.spec.schedule !== 'asap' });
  }
  await service.stop();
  return forks;
}

/** Studies by their names, parts of campaigns as `<campaign>/<part>`. */
async function documentsOf({ studies, campaigns }, read) {
  const exported = async ({ name }) => JSON.parse(await read(`exports/${fileOf(name)}`));
  const documents = [];
  for (const study of studies) documents.push({ name: study.name, document: await exported(study) });
  for (const campaign of campaigns)
    for (const part of (await exported(campaign)).parts) documents.push({ name: `${campaign.name}/${part.name}`, document: part.study });
  return documents;
}

/** Keeps the first generation, or the first half; every other fork goes on with another seed. Null where there is none. */
function forkOf({ spec, trials, checkpoints }, nth) {
  const closed = checkpoints.filter(({ generation }) => generation !== null);
  const kept = spec.lineage?.at(-1)?.trials ?? 0;
  const isGenerational = spec.sampler.type === 'genetic';
  const gap = trials.findIndex(({ number }, index) => number !== index);
  const whole = gap === -1 ? trials.length : gap;
  if ((isGenerational ? closed.length : whole) === 0) return null;
  const point = closed.find(({ trials }) => trials >= kept) ?? closed.at(-1);
  const fork = isGenerational ? { generation: point.generation } : { trials: Math.ceil(whole / 2) };
  const isGrowing = spec.budget.wallClockSeconds !== undefined;
  return { fork, ...(nth % 2 === 1 && { seed: 500 + nth }), ...(isGrowing && { budget: { trials: trials.length + 4 } }) };
}
