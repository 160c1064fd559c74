import { z } from 'zod';
import { checkpointPageSchema, generationPageSchema, representCheckpoint, representGeneration } from '../../api/generation.ts';
import { pruneReason } from '../../api/judgement.ts';
import { pageQuery, queryInteger } from '../../api/page.ts';
import { leaderboardSchema, representLeaderboard, representTrial, trialPageSchema } from '../../api/trial.ts';
import { invariant } from '../../shared/errors.ts';
import { pagedStudyExport } from '../../studies/document/export.ts';
import { exportFingerprint } from '../../studies/document/export-fingerprint.ts';
import { anyStudyDocumentSchema } from '../../studies/document/request.ts';
import { trialStateSchema } from '../../studies/model/states.ts';
import { answerCanonical } from '../canonical-answer.ts';
import { keyOf, numberKey, pageResponse } from '../cursor.ts';
import type { ExportPlaces } from '../export-places.ts';
import { json, responses, unchanged } from '../responses.ts';
import type { App, Services } from '../services.ts';
import { foundStudy } from '../study-view.ts';
import { exportOptionsOf, exportQuery } from './export-query.ts';
import { studyPath } from './parameters.ts';

const trialsQuery = z.strictObject({
  state: trialStateSchema.optional().describe('Only trials in this state.'),
  generation: queryInteger(z.int().min(0).max(100_000).optional()).describe('Only trials of this generation.'),
  ...pageQuery,
});
const leaderboardQuery = z.strictObject({
  limit: queryInteger(z.int().min(1).max(200).default(50)).describe('Largest number of trials, 1 to 200.'),
});

/** Adds the routes of the results of a study. */
export function resultRoutes(app: App, services: Services, places: ExportPlaces): void {
  trialsRoute(app, services);
  leaderboardRoute(app, services);
  generationsRoute(app, services);
  checkpointsRoute(app, services);
  exportRoute(app, services, places);
}

function trialsRoute(app: App, { reader }: Services): void {
  const schema = {
    operationId: 'listTrials',
    tags: ['results'],
    summary: 'List the trials of a study by number',
    params: studyPath,
    querystring: trialsQuery,
    response: responses({ 200: json('A page of trials.', trialPageSchema), 304: unchanged }, 'study-not-found', 'invalid-cursor'),
  };
  app.get('/v1/studies/:studyId/trials', { schema }, async (request) => {
    const { cursor, limit, ...filters } = request.query;
    const { id: studyId, spec } = await foundStudy(reader, request.params.studyId);
    const scope = { list: `trials of ${studyId}`, filters };
    const page = await reader.trials({ studyId, ...filters, limit, after: keyOf(cursor, scope, numberKey) });
    const stopped = page.items.filter(({ prunedAt }) => prunedAt !== undefined).map(({ id }) => id);
    const stops = stopped.length === 0 ? null : await reader.stops(stopped);
    return pageResponse(page, scope, (trial) => representTrial(trial, pruneReason(spec, stops?.get(trial.id))));
  });
}

function leaderboardRoute(app: App, { reader }: Services): void {
  const schema = {
    operationId: 'getLeaderboard',
    tags: ['results'],
    summary: 'List the best completed trials, best first',
    params: studyPath,
    querystring: leaderboardQuery,
    response: responses({ 200: json('The leaderboard.', leaderboardSchema), 304: unchanged }, 'study-not-found'),
  };
  app.get('/v1/studies/:studyId/leaderboard', { schema }, async (request) => {
    const { studyId } = request.params;
    const leaders = await reader.leaderboard(studyId, request.query.limit);
    if (leaders.length === 0) await foundStudy(reader, studyId);
    return representLeaderboard(leaders);
  });
}

function generationsRoute(app: App, { reader }: Services): void {
  const schema = {
    operationId: 'listGenerations',
    tags: ['results'],
    summary: 'List the closed generations of a study',
    description: 'Empty for samplers without generations. The member `generation` of the study is the one in progress.',
    params: studyPath,
    querystring: z.strictObject(pageQuery),
    response: responses({ 200: json('A page of generations.', generationPageSchema), 304: unchanged }, 'study-not-found', 'invalid-cursor'),
  };
  app.get('/v1/studies/:studyId/generations', { schema }, async (request) => {
    const study = await foundStudy(reader, request.params.studyId);
    const scope = { list: `generations of ${study.id}`, filters: {} };
    const after = keyOf(request.query.cursor, scope, numberKey);
    const page = await reader.checkpoints({ studyId: study.id, generationsOnly: true, limit: request.query.limit, after });
    const members = page.items.flatMap(({ population }) => population.map(({ trial }) => trial));
    const isAlone = study.spec.metrics.length === 1 && !study.spec.constraints;
    const beside = new Map((isAlone ? [] : await reader.rankedBeside(study.id, members)).map((trial) => [trial.number, trial]));
    return pageResponse(page, scope, (checkpoint) => {
      const generation = representGeneration(checkpoint, study.spec, beside);
      invariant(generation, 'the reader returns only checkpoints of generations');
      return generation;
    });
  });
}

function checkpointsRoute(app: App, { reader }: Services): void {
  const schema = {
    operationId: 'listCheckpoints',
    tags: ['results'],
    summary: 'List the study checkpoints',
    description: 'The stored states of the sampler, for comparison and inspection.',
    params: studyPath,
    querystring: z.strictObject(pageQuery),
    response: responses(
      { 200: json('A page of study checkpoints.', checkpointPageSchema), 304: unchanged },
      'study-not-found',
      'invalid-cursor',
    ),
  };
  app.get('/v1/studies/:studyId/checkpoints', { schema }, async (request) => {
    const { id: studyId } = await foundStudy(reader, request.params.studyId);
    const scope = { list: `checkpoints of ${studyId}`, filters: {} };
    const page = await reader.checkpoints({ studyId, limit: request.query.limit, after: keyOf(request.query.cursor, scope, numberKey) });
    return pageResponse(page, scope, representCheckpoint);
  });
}

function exportRoute(app: App, { reader, version }: Services, places: ExportPlaces): void {
  const schema = {
    operationId: 'exportStudy',
    tags: ['results'],
    summary: 'Export a study as canonical JSON',
    description:
      'RFC 8785 text of the definition, the final trials and the study checkpoints, without ids, times, sources and attempts: two runs of one definition and seed give the same bytes, on different machines with `provenance=false`. POST /v1/studies/import accepts it. A response may take 10 minutes; a client that reads less than 256 KiB in a minute is cut off.',
    params: studyPath,
    querystring: exportQuery,
    response: responses(
      { 200: json('The canonical text. A study of version 0.1.0 is exported in its format.', anyStudyDocumentSchema), 304: unchanged },
      'study-not-found',
      'exports-busy',
    ),
  };
  app.get('/v1/studies/:studyId/export', { schema }, (request, reply) => {
    const { studyId } = request.params;
    const options = exportOptionsOf(request.query, version);
    return answerCanonical(request, reply, {
      places,
      snapshot: reader.snapshot,
      state: async (snapshot) => [version, options.provenance !== false, ...(await exportFingerprint(snapshot, studyId))],
      document: (snapshot) => pagedStudyExport(snapshot, studyId, options),
    });
  });
}
