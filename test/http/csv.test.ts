import { expect, it } from 'vitest';
import { csvRecord } from '../../src/http/csv.ts';

it('quotes what RFC 4180 wants in quotes, and nothing else', () => {
  const moment = new Date('2026-01-02T03:04:05.678Z');
  expect(csvRecord(['plain', 1e-7, true, null, moment])).toBe('plain,1e-7,true,,2026-01-02T03:04:05.678Z\r\n');
  expect(csvRecord(['a,b', 'a "b"', 'a\nb', 'a\rb', ' a', 'a ', ''])).toBe('"a,b","a ""b""","a\nb","a\rb"," a","a ",\r\n');
});
