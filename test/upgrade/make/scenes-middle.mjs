/** Searches that were killed in the middle of their trials, each alone in its scene. */
import { middleCampaigns, middleStudies } from './definitions.mjs';
import { forgetLog } from './scene-ended.mjs';
import { until } from './workshop.mjs';

export async function middleScenes(workshop) {
  const scenes = [];
  for (const [definition, completed] of middleStudies) scenes.push(await again(() => middleOfStudy(workshop, definition, completed)));
  for (const [definition, due] of middleCampaigns) scenes.push(await again(() => middleOfCampaign(workshop, definition, due)));
  return scenes;
}

/** The trainer is told to hold while it trains, so where exactly a search is stopped is up to chance: tried until it is in the middle. */
async function again(attempt) {
  for (let nth = 1; nth <= 20; nth += 1) {
    const scene = await attempt();
    if (scene) return scene;
  }
  throw new Error('no attempt stopped in the middle');
}

async function middleOfStudy(workshop, definition, completed) {
  const scene = await workshop.scene('middle');
  const service = await scene.start();
  const { id } = await service.post('/v1/studies', definition);
  const counted = async () => Number((await scene.sql("SELECT count(*) FROM trial WHERE state = 'completed'"))[0].count);
  await until(async () => (await counted()) >= completed);
  const there = await holding(scene);
  if (there && definition.name === 'paused') await pause(scene, service, id);
  await service.kill();
  if (!there) return null;
  if (definition.name.startsWith('without a log')) await forgetLog(scene, id);
  return leftAlone(scene, { studies: { [definition.name]: id }, campaigns: {}, definition });
}

async function middleOfCampaign(workshop, definition, due) {
  const scene = await workshop.scene('middle');
  const service = await scene.start();
  const { id } = await service.post('/v1/campaigns', definition);
  await until(async () => due((await service.get(`/v1/campaigns/${id}`)).parts));
  const there = await holding(scene);
  await service.kill();
  return there ? leftAlone(scene, { studies: {}, campaigns: { [definition.name]: id }, definition }) : null;
}

/** @returns whether a trial was stopped after its first epoch, with another queued behind it */
async function holding(scene) {
  await scene.behave('hold', 2);
  const states = () => scene.sql("SELECT state, epochs_done FROM trial WHERE state IN ('running', 'queued')");
  let open = [];
  await until(async () => {
    open = await states();
    return open.length === 0 || open.some(({ state, epochs_done }) => state === 'running' && epochs_done === 1);
  });
  return open.some(({ state }) => state === 'queued');
}

/** The trial that runs is put back after its epoch. */
async function pause(scene, service, id) {
  await service.post(`/v1/studies/${id}/pause`);
  await scene.release();
  await until(async () => (await service.get(`/v1/studies/${id}`)).trials.running === 0);
}

/** Its leases ended long ago. */
async function leftAlone(scene, parts) {
  await scene.sql("UPDATE trial SET lease_until = lease_until - interval '1 hour' WHERE lease_until IS NOT NULL");
  return { ...scene, ...parts, middle: true };
}
