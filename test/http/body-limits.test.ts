import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bodyLimits, inMebibytes, valueLimits } from '../../src/http/body-limits.ts';
import { jsonViolations } from '../../src/http/json-violations.ts';
import { unknownId } from './definitions.ts';
import { startTestService, type TestService } from './service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service[Symbol.asyncDispose]());

const json = { 'content-type': 'application/json' };

describe('the largest definitions that the document describes', () => {
  it('hold as many values as are allowed, and no more', () => {
    const list = (length: number): number[] => Array.from({ length }, () => 0);
    expect(jsonViolations(list(valueLimits.definition - 1))).toEqual([]);
    expect(jsonViolations(list(valueLimits.definition))).toEqual([{ pointer: '', detail: 'has more than 250000 values' }]);
  });
});

describe('a body one byte longer than its operation takes', () => {
  const operations: [string, number][] = [
    ['/v1/studies', bodyLimits.definition],
    ['/v1/campaigns', bodyLimits.definition],
    ['/v1/studies/import', bodyLimits.import],
    [`/v1/studies/${unknownId}/pause`, bodyLimits.other],
    [`/v1/studies/${unknownId}/verify`, bodyLimits.other],
    [`/v1/campaigns/${unknownId}/cancel`, bodyLimits.other],
  ];

  it.each(operations)('of POST %s is refused with the limit of %i bytes in words', async (url, most) => {
    const send = (length: number) =>
      service.request({ method: 'POST', url, payload: Buffer.concat([Buffer.from('{}'), Buffer.alloc(length - 2, ' ')]), headers: json });
    expect((await send(most)).json().code).not.toBe('payload-too-large');
    const refused = (await send(most + 1)).json();
    expect(refused).toMatchObject({ status: 413, code: 'payload-too-large' });
    expect(refused.detail).toBe(`the body is larger than the ${inMebibytes(most)} that this operation takes`);
  });

  it('is promised by the document and by the page of the problem', async () => {
    const { paths } = JSON.parse(JSON.stringify(service.app.swagger()));
    const page = (await service.get('/problems/payload-too-large')).body;
    for (const [url, most] of operations) {
      expect(page).toContain(inMebibytes(most));
      if (most !== bodyLimits.other) expect(paths[url].post.description, url).toContain(inMebibytes(most));
    }
  });
});
