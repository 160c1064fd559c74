import { CommanderError } from 'commander';
import { describe, expect, test } from 'vitest';
import { endingOf, exitCodes, mayPass, UsageError, usageExitCode } from '../../src/cli/exit-codes.ts';
import { createClient } from '../../src/client/client.ts';
import { ProblemError } from '../../src/client/problem-error.ts';

const url = 'http://127.0.0.1:9';
const problem = (status: number, code = 'some-code') => new ProblemError({ status, code, detail: 'it is so', errors: [] });
/** What the client throws where a connection ends like this. */
const connectionError = async (respond: typeof fetch): Promise<unknown> =>
  createClient({ baseUrl: url, fetch: respond })
    .getStudy('x')
    .then(
      () => undefined,
      (error: unknown) => error,
    );

describe('the exit code after an error', () => {
  test('is 2 where the command line or a file is wrong, and the words are those of the error', () => {
    expect(endingOf(new UsageError('cannot read x'), url)).toEqual({ code: 2, message: 'cannot read x' });
  });

  test.each([400, 401, 404, 409, 413, 422])('is 2 where the service refuses with %i', (status) => {
    expect(endingOf(problem(status), url)).toEqual({ code: 2, message: 'it is so (some-code)' });
  });

  test.each([408, 429, 500, 502, 503])('is 3 where the service answers %i: later it may be another', (status) => {
    expect(endingOf(problem(status), url).code).toBe(3);
  });

  test('is 3 where nobody listens, with the address and how to name another', async () => {
    const error = await connectionError(fetch);
    const { code, message } = endingOf(error, url);
    expect(code).toBe(3);
    expect(message).toMatch(
      /^no answer from http:\/\/127\.0\.0\.1:9: .+; is the service running there\? Set another address with --url or CLAVIER_URL$/,
    );
  });

  test('is 3 where a connection breaks off in the middle of an answer, and where no answer comes in time', async () => {
    const broken = async () => Promise.reject(new TypeError('terminated', { cause: new Error('other side closed') }));
    expect(endingOf(await connectionError(broken), url)).toEqual({ code: 3, message: expect.stringContaining('other side closed') });
    const late = async () => Promise.reject(new DOMException('The operation was aborted due to timeout', 'TimeoutError'));
    expect(endingOf(await connectionError(late), url).code).toBe(3);
  });

  test('is 2 where something else answers at the address', async () => {
    const page = async () => new Response('<html></html>', { status: 200 });
    expect(endingOf(await connectionError(page), url)).toEqual({
      code: 2,
      message: `the server at ${url} is not a Clavier service: its answer is not JSON`,
    });
  });

  test('is 1 for a fault of ours, with all that helps to find it', () => {
    const violation = new Error('a broken invariant');
    expect(endingOf(violation, url)).toEqual({ code: 1, message: violation.stack });
    expect(endingOf('a text', url)).toEqual({ code: 1, message: 'a text' });
  });

  test('has a reason even where the cause of a failed connection has no message but a code', () => {
    const cause = Object.assign(new AggregateError([], ''), { code: 'ECONNREFUSED' });
    expect(endingOf(new TypeError('fetch failed', { cause }), url).message).toContain(`${url}: ECONNREFUSED;`);
  });
});

test('only what the service or the way to it is to blame for may pass', () => {
  expect([problem(503), new TypeError('fetch failed'), problem(404), new UsageError(''), new Error('')].map(mayPass)).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
});

test('a wrong command line ends with 2, a request for help or the version with 0', () => {
  expect(usageExitCode(new CommanderError(1, 'commander.unknownOption', 'error: unknown option'))).toBe(exitCodes.refused);
  expect(usageExitCode(new CommanderError(0, 'commander.helpDisplayed', '(outputHelp)'))).toBe(exitCodes.done);
  expect(usageExitCode(new Error('another'))).toBeUndefined();
});
