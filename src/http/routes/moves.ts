import { studySchema } from '../../api/study.ts';
import { moveStudy } from '../../studies/actions/life-cycle.ts';
import type { StudyMove } from '../../studies/model/states.ts';
import { recordingStudies } from '../audit.ts';
import { bodyProblems, json, responses } from '../responses.ts';
import type { App, Services } from '../services.ts';
import { viewStudy } from '../study-view.ts';
import { noQuery } from '../validation.ts';
import { studyPath } from './parameters.ts';

const moves: readonly { readonly move: StudyMove; readonly summary: string; readonly description: string }[] = [
  {
    move: 'pause',
    summary: 'Pause a study',
    description:
      'No more trials are claimed. Running trials continue to their next step checkpoint and are requeued. Pausing a paused study changes nothing.',
  },
  {
    move: 'resume',
    summary: 'Resume a paused study',
    description: 'Trials continue from their step checkpoints. Resuming an active study changes nothing.',
  },
  {
    move: 'cancel',
    summary: 'Cancel a study permanently',
    description: 'Queued and running trials are cancelled. Finished trials are kept. Cancelling a cancelled study changes nothing.',
  },
];

/** Adds the routes that pause, resume and cancel a study. */
export function moveRoutes(app: App, services: Services): void {
  for (const { move, summary, description } of moves) {
    const schema = {
      operationId: `${move}Study`,
      tags: ['studies'],
      summary,
      description,
      params: studyPath,
      querystring: noQuery,
      response: responses({ 200: json('The study in its new state.', studySchema) }, 'study-not-found', 'state-conflict', ...bodyProblems),
    };
    app.post(`/v1/studies/:studyId/${move}`, { schema }, async (request) => {
      await moveStudy(recordingStudies(services.transactions, request), request.params.studyId, move);
      return viewStudy(services, request.params.studyId);
    });
  }
}
