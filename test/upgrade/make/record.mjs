/** What the old version answers of every study and campaign, and what those in the middle come to in it. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { rowsOf, textsIn } from './dump.mjs';
import { ended } from './workshop.mjs';

const sha256 = (text) => createHash('sha256').update(text).digest('hex');
export const fileOf = (name) => `${name.replaceAll(/[^a-z0-9]+/g, '-')}.json`;

export async function recordOf(scenes, write) {
  const record = { clavier: '0.1.0', commit: '0e13dda', studies: [], campaigns: [], forks: [] };
  for (const scene of scenes) {
    const service = await scene.start('api');
    const studies = await studiesOf(scene, service, write);
    const campaigns = await campaignsOf(scene, service, write);
    await service.stop();
    scene.rows = await rowsOf(scene);
    scene.artifacts = await textsIn(join(scene.folder, 'artifacts'));
    if (scene.middle) await toTheEnd(scene, [...studies, ...campaigns], write);
    record.studies.push(...studies);
    record.campaigns.push(...campaigns);
  }
  return record;
}

async function studiesOf({ studies }, service, write) {
  const recorded = [];
  for (const [name, id] of Object.entries(studies)) {
    const path = `/v1/studies/${id}`;
    const { state, trials, best } = await service.get(path);
    await write(`exports/${fileOf(name)}`, await service.text(`${path}/export`));
    recorded.push({
      name,
      id,
      state,
      trials,
      best: best?.number ?? null,
      digest: sha256(await service.text(`${path}/export?provenance=false`)),
      leaderboard: await leaderboardOf(service, path),
      verification: await verified(service, path),
    });
  }
  return recorded;
}

async function campaignsOf({ campaigns }, service, write) {
  const recorded = [];
  for (const [name, id] of Object.entries(campaigns)) {
    const path = `/v1/campaigns/${id}`;
    const { state, parts } = await service.get(path);
    await write(`exports/${fileOf(name)}`, await service.text(`${path}/export`));
    const digest = sha256(await service.text(`${path}/export?provenance=false`));
    const shown = [];
    for (const { kind, name, state, studyId } of parts)
      shown.push({ kind, name, state, studyId, leaderboard: await leaderboardOf(service, `/v1/studies/${studyId}`) });
    recorded.push({ name, id, state, digest, parts: shown, verification: await verified(service, path) });
  }
  return recorded;
}

async function leaderboardOf(service, path) {
  return (await service.get(`${path}/leaderboard?limit=100`)).items.map(({ number, value }) => [number, value]);
}

async function verified(service, path) {
  const { verified, digest, differences, events, suggestions } = await service.post(`${path}/verify`);
  if (!verified) throw new Error(`${path} does not verify: ${JSON.stringify(differences)}`);
  return { verified, digest, events, suggestions };
}

/** Runs what is in the middle to its end, and the same definition without a break beside it. */
async function toTheEnd(scene, recorded, write) {
  for (const one of recorded) {
    const path = `/v1/${one.parts ? 'campaigns' : 'studies'}/${one.id}`;
    const service = await scene.start();
    await scene.release();
    if (one.state === 'paused') await service.post(`${path}/resume`);
    await ended(service, path);
    const text = await service.text(`${path}/export?provenance=false`);
    await verified(service, path);
    await service.stop();
    one.repeatable = scene.definition.schedule !== 'asap';
    one.end = { digest: sha256(text), file: `ends/${fileOf(one.name)}` };
    await write(one.end.file, text);
    if (one.repeatable && (await undisturbed(scene, path)) !== text) throw new Error(`${one.name} ended otherwise than without a break`);
  }
}

async function undisturbed({ another, definition }, path) {
  const scene = await another();
  const service = await scene.start();
  const collection = path.split('/').slice(0, 3).join('/');
  const { id } = await service.post(collection, definition);
  await ended(service, `${collection}/${id}`);
  const text = await service.text(`${collection}/${id}/export?provenance=false`);
  await service.stop();
  return text;
}
