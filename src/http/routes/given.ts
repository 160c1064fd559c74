import type { AddedTrials } from '../../api/given.ts';
import { addedTrialsSchema, addTrialsRequestSchema } from '../../api/given.ts';
import { DomainError } from '../../shared/errors.ts';
import { giveTrials, type NewGiven } from '../../studies/actions/give.ts';
import type { StudyReader } from '../../studies/ports/reader.ts';
import { bodyLimits, inMebibytes } from '../body-limits.ts';
import { onceUnder, requestOf } from '../created-once.ts';
import { faultNote } from '../fault-note.ts';
import { idempotencyKeyHeader } from '../idempotency-key.ts';
import { bodyProblems, json, responses } from '../responses.ts';
import type { App, Services } from '../services.ts';
import { noQuery } from '../validation.ts';
import { workerBody } from '../worker-body.ts';
import { studyPath } from './parameters.ts';

/** Adds the route by which clients give trials. */
export function givenRoutes(app: App, { reader, transactions, asking }: Services): void {
  const schema = {
    operationId: 'addTrials',
    tags: ['studies'],
    summary: 'Add configurations or known results',
    description: `Adds trials that you name to a study that has not ended. One with \`values\` is a known result: it teaches the search, is on the leaderboard, ends no study, and is not charged. One without is evaluated before the suggestions that are still to come, and is charged to \`budget.trials\`, also beyond it. The search never repeats: grids and lists skip a point that was given; generations take given trials into the population. A study that is verified or imported follows them. The body may have up to ${inMebibytes(bodyLimits.definition)}.`,
    params: studyPath,
    headers: idempotencyKeyHeader,
    querystring: noQuery,
    body: addTrialsRequestSchema,
    response: responses(
      { 201: json('The new trials; the header Location has the address of the trials of the study.', addedTrialsSchema) },
      'study-not-found',
      'study-in-campaign',
      'state-conflict',
      'key-reused',
      'quota-exceeded',
      ...bodyProblems,
    ),
  };
  app.post('/v1/studies/:studyId/trials', { schema, bodyLimit: bodyLimits.definition }, async (request, reply) => {
    const given = workerBody(addTrialsRequestSchema, request.body).trials.map(newGiven);
    const studyId = request.params.studyId.toLowerCase();
    const keyed = await requestOf(request);
    const added = await onceUnder(keyed, reader, {
      carryOut: async () => {
        const { added: made, isAskedFor } = await giveTrials(transactions, studyId, {
          trials: given,
          request: keyed,
          onFault: faultNote(request),
        });
        if (isAskedFor) asking.dispatcher.settled(studyId);
        return [...made];
      },
      again: (first) => addedFrom(reader, first, given.length),
    });
    return reply.code(201).header('location', `/v1/studies/${studyId}/trials`).send({ trials: added });
  });
}

function newGiven({
  parameters,
  values,
  checkpoint,
  attributes,
  links,
}: ReturnType<typeof addTrialsRequestSchema.parse>['trials'][number]): NewGiven {
  const notes = { checkpoint: checkpoint ?? null, attributes: attributes ?? null, links: links ?? null };
  return { parameters, ...(values && { values, notes }) };
}

/** The trials that an earlier request added, as they are now. @param first id of the first one */
async function addedFrom(reader: StudyReader, first: string, count: number): Promise<AddedTrials['trials']> {
  const trial = await reader.trial(first);
  if (!trial) throw new DomainError('study-not-found', 'the study to which this request added trials has been deleted');
  const page = await reader.trials({ studyId: trial.studyId, limit: count, after: trial.number - 1 });
  return page.items.map(({ id, number, state }) => ({ id, number, state }));
}
