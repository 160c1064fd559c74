import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import { jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { documentHeaders } from './document-headers.ts';
import { prunedDocument } from './document-schemas.ts';
import { studyExamples } from './examples.ts';
import { introductionText } from './introduction-text.ts';

type Transform = NonNullable<FastifyDynamicSwaggerOptions['transformObject']>;

/** The head of the OpenAPI document. Its version is the one of the API, not of the software: /healthz has that. */
export const introduction = {
  openapi: '3.1.0',
  info: {
    title: 'Clavier',
    version: '1',
    summary: 'A hyperparameter-tuning service',
    description: introductionText,
    license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
  },
  tags: [
    { name: 'studies', description: 'Create studies, look at them, move them.' },
    { name: 'results', description: 'What came of a study: trials, leaderboard, generations, checkpoints, export.' },
    { name: 'presets', description: 'Named study definitions.' },
    { name: 'operations', description: 'For whoever runs the service.' },
  ],
};

/** Finishes the document: named schemas once each, headers, and examples of what can be POSTed. */
export const documentTransform: Transform = (source) => {
  const document = prunedDocument(jsonSchemaTransformObject(source));
  const media = memberOf(document, ['paths', '/v1/studies', 'post', 'requestBody', 'content', 'application/json']);
  if (media) media.examples = studyExamples;
  documentHeaders(memberOf(document, ['paths']));
  return document;
};

function memberOf(value: unknown, path: readonly string[]): Record<string, unknown> | undefined {
  let member = value;
  for (const key of path) member = isRecord(member) ? member[key] : undefined;
  return isRecord(member) ? member : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
