import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import { jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import type { NamedDefinition } from '../objectives/definitions.ts';
import { problemExamples, responseExamples } from './document-examples.ts';
import { documentHeaders, sharedHeaders } from './document-headers.ts';
import { isRecord } from './document-members.ts';
import { prunedDocument } from './document-schemas.ts';
import { anyKey, securitySchemes } from './document-security.ts';
import { campaignExamples, studyExamples } from './examples.ts';
import { introductionText } from './introduction-text.ts';
import { problemKinds } from './problems.ts';

type Transform = NonNullable<FastifyDynamicSwaggerOptions['transformObject']>;

/** The head of the OpenAPI document. Its version is that of the API; /healthz returns the version of the software. */
export const introduction = (publicUrl: string | null) => ({
  openapi: '3.1.0',
  info: {
    title: 'Clavier',
    version: '1',
    summary: 'A hyperparameter-tuning service',
    description: introductionText,
    license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
  },
  servers: [{ url: publicUrl ?? '/', description: 'The service that this document comes from.' }],
  components: { securitySchemes },
  security: anyKey,
  tags: [
    { name: 'studies', description: 'Create, read, pause, resume, cancel and delete studies.' },
    { name: 'workers', description: 'For your own workers: ask for trials, report, deliver results.' },
    { name: 'results', description: 'The results of a study: trials, leaderboard, generations, checkpoints, export, report.' },
    { name: 'events', description: 'For other services: everything that happens, as it happens.' },
    { name: 'campaigns', description: 'Several studies over one space and objective, their final, and the evaluation of the winner.' },
    { name: 'presets', description: 'Named definitions of studies and of campaigns.' },
    { name: 'keys', description: 'Keys of the API, with rights; projects, which keep the studies of teams apart.' },
    { name: 'operations', description: 'For operators of the service.' },
  ],
});

/** Completes the document: merges duplicate schemas, and adds headers and examples. */
export const documentTransform: Transform = (source) => {
  const document = prunedDocument(jsonSchemaTransformObject(source));
  addExamples(document, '/v1/studies', studyExamples);
  addExamples(document, '/v1/campaigns', campaignExamples);
  Object.assign(memberOf(document, ['components', 'schemas', 'ProblemCode']) ?? {}, { 'x-enumDescriptions': problemTitles() });
  documentHeaders(memberOf(document, ['paths']));
  const problems = responseExamples(memberOf(document, ['paths']));
  Object.assign(memberOf(document, ['components']) ?? {}, { examples: problemExamples(problems), headers: sharedHeaders, securitySchemes });
  return document;
};

function addExamples(document: unknown, path: string, definitions: readonly NamedDefinition[]): void {
  const media = memberOf(document, ['paths', path, 'post', 'requestBody', 'content', 'application/json']);
  const examples = definitions.map(({ name, summary, definition }) => [name, { summary, value: definition }] as const);
  if (media && examples.length > 0) media.examples = Object.fromEntries(examples);
}

function problemTitles(): Record<string, string> {
  return Object.fromEntries(Object.entries(problemKinds).map(([code, { title }]) => [code, title]));
}

function memberOf(value: unknown, path: readonly string[]): Record<string, unknown> | undefined {
  let member = value;
  for (const key of path) member = isRecord(member) ? member[key] : undefined;
  return isRecord(member) ? member : undefined;
}
