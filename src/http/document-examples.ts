import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type ProblemCode, problemCodes } from '../api/problem.ts';
import { isRecord, type Members, membersOf } from './document-members.ts';
import { problemOf } from './problem-body.ts';
import { problemKinds } from './problems.ts';

/** Answers of a real service, by operation and status; a test records them and fails when they are old. */
const recordedFile = resolve(import.meta.dirname, '../../openapi/examples.json');
const requestId = '01890a5d-ac96-774b-bcce-b302099a8057';

/** Adds an example to every response with a body: a recorded answer, or the problems of its status. @returns the problems that it refers to */
export function responseExamples(paths: unknown): ReadonlySet<ProblemCode> {
  const used = new Set<ProblemCode>();
  const recorded: unknown = JSON.parse(readFileSync(recordedFile, 'utf8'));
  for (const operation of membersOf(paths).flatMap(membersOf)) {
    const answers = isRecord(recorded) ? recorded[String(operation['operationId'])] : undefined;
    for (const [status, response] of Object.entries(isRecord(operation['responses']) ? operation['responses'] : {})) {
      const example = isRecord(answers) ? answers[status] : undefined;
      const media = mediaOf(response, 'application/json');
      if (media && example !== undefined) media['example'] = example;
      const refused = mediaOf(response, 'application/problem+json');
      if (!refused || !isRecord(response)) continue;
      const codes = codesIn(String(response['description']));
      refused['examples'] = Object.fromEntries(codes.map(reference));
      for (const code of codes) used.add(code);
    }
  }
  return used;
}

/** An example of each of these problems, to which the responses refer. */
export function problemExamples(codes: ReadonlySet<ProblemCode>): Members {
  return Object.fromEntries(
    problemCodes
      .filter((code) => codes.has(code))
      .map((code) => [
        code,
        { summary: problemKinds[code].title, value: problemOf(code, { detail: problemKinds[code].explanation, requestId }) },
      ]),
  );
}

function reference(code: ProblemCode): [string, Members] {
  return [code, { $ref: `#/components/examples/${code}` }];
}

/** The problems that `responses` lists in the description of a response. */
function codesIn(description: string): ProblemCode[] {
  return problemCodes.filter((code) => description.includes(`\`${code}\`: `));
}

function mediaOf(response: unknown, type: string): Members | undefined {
  const content = isRecord(response) ? response['content'] : undefined;
  const media = isRecord(content) ? content[type] : undefined;
  return isRecord(media) ? media : undefined;
}
