/** Everything that has ended: studies of every kind, a cancelled one, an import, forks, a campaign. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cancelledStudy, endedCampaign, endedStudies } from './definitions.mjs';
import { ended, until } from './workshop.mjs';

export async function endedScene(workshop) {
  const scene = await workshop.scene('ended');
  const service = await scene.start();
  const studies = {};
  const finished = async (name, make) => {
    const { id } = await make();
    studies[name] = id;
    await ended(service, `/v1/studies/${id}`);
  };
  for (const [definition, behaviour = ['train']] of endedStudies) {
    await scene.behave(...behaviour);
    await finished(definition.name, () => service.post('/v1/studies', definition));
  }
  await scene.behave('train');
  await cancel(scene, service, studies);
  const documentOf = (name) => service.get(`/v1/studies/${studies[name]}/export`);
  const imports = [
    ['imported', { document: await documentOf('tpe') }],
    ['a fork of genetic', { document: await documentOf('genetic'), fork: { generation: 1 }, seed: 7, budget: { generations: 4 } }],
    ['a fork of tpe', { document: await documentOf('tpe'), fork: { trials: 6 }, seed: 8 }],
  ];
  for (const [name, request] of imports) await finished(name, () => service.post('/v1/studies/import', { ...request, name }));
  await finished('a fork of a fork', async () =>
    service.post('/v1/studies/import', {
      document: await documentOf('a fork of genetic'),
      fork: { generation: 2 },
      seed: 9,
      name: 'a fork of a fork',
    }),
  );
  const { id: campaign } = await service.post('/v1/campaigns', endedCampaign);
  await ended(service, `/v1/campaigns/${campaign}`);
  await service.stop();
  await forgetLog(scene, studies['without a log']);
  // Nothing is open here that would go on from a checkpoint: pruned, as where they took too much room.
  await scene.sql('DELETE FROM epoch_checkpoint');
  await rm(join(scene.folder, 'artifacts/epochs'), { recursive: true });
  return { ...scene, studies, campaigns: { [endedCampaign.name]: campaign } };
}

/** Cancels a search with trials that are done, running and queued. */
async function cancel(scene, service, studies) {
  const { id } = await service.post('/v1/studies', cancelledStudy);
  const counts = async () => (await service.get(`/v1/studies/${id}`)).trials;
  await until(async () => (await counts()).completed >= 3);
  await scene.behave('hold', 2);
  await until(
    async () => (await scene.sql(`SELECT 1 FROM trial WHERE study_id = '${id}' AND state = 'running' AND epochs_done = 1`)).length > 0,
  );
  await service.post(`/v1/studies/${id}/cancel`);
  await scene.release();
  await until(async () => (await counts()).running === 0);
  await scene.behave('train');
  studies[cancelledStudy.name] = id;
}

/** As versions before the event log left their studies. */
export async function forgetLog(scene, id) {
  await scene.sql(`DELETE FROM study_event WHERE study_id = '${id}'`);
  await scene.sql(`UPDATE study SET event_count = NULL, event_head = NULL WHERE id = '${id}'`);
}
