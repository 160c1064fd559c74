import { expect, test } from 'vitest';
import { ProblemError } from '../../src/client/problem-error.ts';

const messageOf = (detail: string, errors: ProblemError['errors']): string =>
  new ProblemError({ status: 422, code: 'invalid-study', detail, errors: [...errors] }).message;

test('a violation that the detail has already is not repeated', () => {
  const name = { pointer: '/name', detail: 'must be a text' };
  expect(messageOf('the study definition has an error: /name must be a text', [name])).toBe(
    'the study definition has an error: /name must be a text',
  );
  expect(messageOf('the study definition has 2 errors; the first: /name must be a text', [name, { ...name, pointer: '/names' }])).toBe(
    'the study definition has 2 errors; the first: /name must be a text\n  /names: must be a text',
  );
  expect(messageOf('the studies differ', [{ parameter: 'study', detail: 'the studies differ' }])).toBe('the studies differ');
});

test('a violation whose place the detail does not have is listed with it', () => {
  expect(messageOf('it must be longer', [{ pointer: '/budget', detail: 'must be longer' }])).toBe(
    'it must be longer\n  /budget: must be longer',
  );
  expect(messageOf('the body is wrong', [{ pointer: '', detail: 'must be an object' }])).toBe(
    'the body is wrong\n  the body: must be an object',
  );
});
