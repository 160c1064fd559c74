import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answers } from './answers.ts';
import { campaignExport, endOf, manifest, type RecordedCampaign, type RecordedStudy, readDocument, studyExport } from './fixtures.ts';
import { openUpgraded, type UpgradedService } from './service.ts';
import { asWritten, type CampaignDocument, today, viewOfCampaign, viewOfStudy } from './view.ts';

// A database as 0.1.0 left it, with its artifacts: migrated, served, verified, and searched to its end.

let service: UpgradedService;
let ask: ReturnType<typeof answers>;
beforeAll(async () => {
  service = await openUpgraded();
  ask = answers(service.api);
});
afterAll(() => service[Symbol.asyncDispose]());

const { studies, campaigns } = manifest;
const parts = campaigns.flatMap((campaign) => campaign.parts.map((part) => ({ ...part, label: `${campaign.name}/${part.name}` })));
const pathOf = ({ id }: RecordedStudy): string => `/v1/studies/${id}`;
const pathOfCampaign = ({ id }: RecordedCampaign): string => `/v1/campaigns/${id}`;

describe('what 0.1.0 stored is served', () => {
  it.each(studies)('$name: its state, its counts, its best trial and its export', async (study) => {
    const { state, trials, best } = await ask.get(pathOf(study));
    expect({ state, trials, best: best?.number ?? null }).toMatchObject({ state: study.state, trials: study.trials, best: study.best });
    expect(asWritten(await ask.get(`${pathOf(study)}/export`))).toEqual(asWritten(studyExport(study.name)));
  });

  it.each([...studies.map(({ name, id, leaderboard }) => ({ label: name, studyId: id, leaderboard })), ...parts])(
    '$label: its leaderboard, its checkpoints, its log and what its trials measured',
    async ({ studyId, leaderboard }) => {
      expect(await ask.leaderboard(studyId)).toEqual(leaderboard);
      const checkpoints = await ask.all(`/v1/studies/${studyId}/checkpoints`);
      expect(checkpoints).toHaveLength((await ask.get(`/v1/studies/${studyId}/export`)).checkpoints.length);
      const events = await ask.all(`/v1/studies/${studyId}/events`);
      const stored = service.before.events.filter(({ study }) => study === studyId);
      expect(events.map(({ type }) => type)).toEqual(stored.map(({ type }) => today('event', type)));
      const trials = await ask.all(`/v1/studies/${studyId}/trials`);
      const measured = await Promise.all(trials.map(({ id }) => ask.measurements(id)));
      const before = trials.map(({ id }) =>
        service.before.measurements.filter(({ trial }) => trial === id).map(({ step, accuracy }) => ({ step, accuracy })),
      );
      expect(measured).toEqual(before);
    },
  );

  it.each(studies)('$name: its report, as a page too, and its table', async (study) => {
    expect((await ask.get(`${pathOf(study)}/report`)).methods).toMatchObject([{ studyId: study.id, state: study.state }]);
    expect(await ask.text(`${pathOf(study)}/report.html`)).toContain('</html>');
    const rows = (await ask.text(`${pathOf(study)}/trials.csv`)).trim().split(/\r?\n/);
    expect(rows).toHaveLength(1 + Object.values(study.trials).reduce((sum, count) => sum + count, 0));
  });

  it.each(campaigns)('$name: its parts, its finalists, its report and its export', async (campaign) => {
    const { state, parts: shown } = await ask.get(pathOfCampaign(campaign));
    expect({ state, parts: shown }).toMatchObject({
      state: campaign.state,
      parts: campaign.parts.map(({ kind, name, state: at, studyId }) => ({ kind, name, state: at, studyId })),
    });
    const exported: CampaignDocument = await ask.get(`${pathOfCampaign(campaign)}/export`);
    expect(viewOfCampaign(exported)).toEqual(viewOfCampaign(campaignExport(campaign.name)));
    expect((await ask.get(`${pathOfCampaign(campaign)}/finalists`)).items).toHaveLength(exported.finalists.length);
    expect(await ask.text(`${pathOfCampaign(campaign)}/report.html`)).toContain('</html>');
  });

  it('keeps what happened to trials: incidents, errors, reuse', async () => {
    const trialsOf = async (name: string) => {
      const trials = await ask.all(`/v1/studies/${studies.find((study) => study.name === name)?.id}/trials`);
      return Promise.all(trials.map(({ id }) => ask.get(`/v1/trials/${id}`)));
    };
    const [first, second] = await trialsOf('random');
    expect([first.diverged, second.incidents.length]).toEqual([true, 1]);
    const codes = (await trialsOf('all failed')).map(({ error }) => error.code);
    expect(codes).toEqual(['trainer-crashed', 'training-error', 'training-error'].map((code) => today('error', code)));
    const sources = new Set((await trialsOf('reuse')).map(({ source }) => source));
    expect(sources).toEqual(new Set(['trained', 'memo', 'prefix'].map((source) => today('source', source))));
    expect(new Set((await trialsOf('imported')).map(({ source }) => source))).toEqual(new Set([today('source', 'imported')]));
  });
});

const verifies = async (path: string, { events, suggestions }: RecordedStudy['verification']) => {
  const verification = await ask.post(`${path}/verify`);
  expect(verification.differences).toEqual([]);
  expect(verification).toMatchObject({ verified: true, events, suggestions });
};

describe('what 0.1.0 stored verifies', () => {
  it.each(studies)('$name', (study) => verifies(pathOf(study), study.verification));
  it.each(campaigns)('$name', (campaign) => verifies(pathOfCampaign(campaign), campaign.verification));
});

describe('what 0.1.0 left in the middle', () => {
  const unfinishedStudies = studies.filter(({ end }) => end);
  const unfinishedCampaigns = campaigns.filter(({ end }) => end);
  beforeAll(async () => {
    await service.startRunner();
    for (const study of unfinishedStudies) if (study.state === 'paused') await ask.post(`${pathOf(study)}/resume`);
    for (const path of [...unfinishedStudies.map(pathOf), ...unfinishedCampaigns.map(pathOfCampaign)]) await ask.ended(path);
  });

  it.each(unfinishedStudies.filter(({ repeatable }) => repeatable))('$name: ends as it would have in 0.1.0', async (study) => {
    const exported = await ask.get(`${pathOf(study)}/export`);
    const end = endOf(study.name);
    expect(asWritten(exported)).toEqual(end && asWritten(end));
  });

  it.each(unfinishedStudies.filter(({ repeatable }) => !repeatable))('$name: keeps what it had, and ends', async (study) => {
    const [had, has] = [viewOfStudy(studyExport(study.name)), viewOfStudy(await ask.get(`${pathOf(study)}/export`))];
    expect(has.trials).toEqual(expect.arrayContaining(had.trials));
    expect(has.trials).toMatchObject(
      expect.arrayContaining(had.unfinished.map(({ number, parameters }) => expect.objectContaining({ number, parameters }))),
    );
    expect([has.state, has.outcome?.reason, has.trials.length]).toEqual(['completed', today('reason', 'budget'), 12]);
  });

  it.each(unfinishedCampaigns)('$name: ends as it would have in 0.1.0', async (campaign) => {
    const exported: CampaignDocument = await ask.get(`${pathOfCampaign(campaign)}/export`);
    expect(viewOfCampaign(exported)).toEqual(viewOfCampaign(readDocument<CampaignDocument>(String(campaign.end?.file))));
  });

  it.each([...unfinishedStudies.map(pathOf), ...unfinishedCampaigns.map(pathOfCampaign)])('%s verifies at its end', async (path) => {
    expect(await ask.post(`${path}/verify`)).toMatchObject({ verified: true, differences: [] });
  });

  it('goes on from the checkpoints that were there: no epoch of them is trained again', async () => {
    const { begun } = service.before;
    expect(begun).toHaveLength(unfinishedStudies.length + unfinishedCampaigns.length);
    for (const { trial } of begun) {
      const { incidents, state, stepsDone, stepsTrained } = await ask.get(`/v1/trials/${trial}`);
      expect({ incidents, state, stepsTrained }).toEqual({ incidents: [], state: 'completed', stepsTrained: stepsDone });
    }
    const continued = (await service.bench.trainerLog()).filter(({ resumeFrom }) => resumeFrom?.some(({ step }) => step > 0));
    expect(continued.length).toBeGreaterThanOrEqual(begun.length);
  });

  it('is read by later studies: what was trained in 0.1.0 is not trained again', async () => {
    const { metric, ...spec } = studyExport('reuse').spec;
    // A new study begins with the newest texts unless it names those of 0.1.0.
    const objective = { ...spec.objective, datasetVersion: 1 };
    const { id } = await ask.post('/v1/studies', { ...spec, objective, metrics: [metric], name: 'once more' });
    await ask.ended(`/v1/studies/${id}`);
    expect(await ask.get(`/v1/studies/${id}`)).toMatchObject({ state: 'completed', trials: { completed: 10 }, stepsTrained: 0 });
    expect(await ask.leaderboard(id)).toEqual(studies.find(({ name }) => name === 'reuse')?.leaderboard);
  });

  it.each([
    ['genetic cut short', { trials: 14 }, 'budget'],
    ['tpe with a target', { targetValue: null }, 'budget'],
    ['wall clock', { wallClockSeconds: 3 }, 'wall-clock'],
    ['without a log', { generations: 3 }, 'budget'],
  ])('%s goes on with a larger budget, in its own format, and is imported with it', async (name, budget, reason) => {
    const { id = '' } = studies.find((study) => study.name === name) ?? {};
    const before = await ask.get(`/v1/studies/${id}`);
    expect(await ask.post(`/v1/studies/${id}/extend`, { budget })).toMatchObject({ state: 'active', definition: before.definition });
    await ask.ended(`/v1/studies/${id}`);
    expect(await ask.post(`/v1/studies/${id}/verify`)).toMatchObject({ verified: true, differences: [] });
    const document = await ask.get(`/v1/studies/${id}/export?provenance=false`);
    expect(document).toMatchObject({ format: 'clavier-study/1', state: 'completed', outcome: { reason } });
    expect(document.changes.budget).not.toEqual(document.spec.budget);
    expect(document.trials.length).toBeGreaterThan(studyExport(name).trials.length);
    const copy = await ask.post('/v1/studies/import', { document });
    expect(await ask.get(`/v1/studies/${copy.id}/export?provenance=false`)).toEqual(document);
    expect(await ask.post(`/v1/studies/${copy.id}/verify`)).toMatchObject({ verified: true, differences: [] });
  });
});
