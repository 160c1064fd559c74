import { representTrialDetail, trialDetailSchema } from '../../api/trial.ts';
import { DomainError } from '../../shared/errors.ts';
import { json, responses, unchanged } from '../responses.ts';
import type { App, Services } from '../services.ts';
import { noQuery } from '../validation.ts';
import { trialPath } from './parameters.ts';

/** Adds the route of a trial. */
export function trialRoutes(app: App, { reader }: Services): void {
  const schema = {
    operationId: 'getTrial',
    tags: ['results'],
    summary: 'Get a trial',
    description: 'Includes its origin, its parameters, the measurements at each step, and its evaluation on held-out data if there is one.',
    params: trialPath,
    querystring: noQuery,
    response: responses({ 200: json('The trial.', trialDetailSchema), 304: unchanged }, 'trial-not-found'),
  };
  app.get('/v1/trials/:trialId', { schema }, async (request) => {
    const { trialId } = request.params;
    const trial = await reader.trial(trialId);
    const study = trial && (await reader.study(trial.studyId));
    if (!trial || !study) throw new DomainError('trial-not-found', `there is no trial ${trialId}`);
    const [measurements, evaluation, incidents, worker, judgements] = await Promise.all([
      reader.measurements(trialId),
      reader.evaluation(trialId),
      reader.incidents(trialId),
      reader.workerNotes(trialId),
      reader.judgements([trialId]),
    ]);
    return representTrialDetail(
      trial,
      measurements,
      { spec: study.spec, evaluation, worker, judgements: judgements.get(trialId) ?? [] },
      incidents,
    );
  });
}
