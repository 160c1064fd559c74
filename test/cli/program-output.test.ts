import { describe, expect, test } from 'vitest';
import { reportOf, resultOf } from '../../src/cli/program-output.ts';

describe('a line of standard output', () => {
  test.each([
    ['{"step": 3, "accuracy": 0.91}', { step: 3, values: { accuracy: 0.91 } }],
    ['  {"step": 1, "loss": 2, "checkpoint": "s3://a/1"}  ', { step: 1, values: { loss: 2 }, checkpoint: 's3://a/1' }],
    [
      '{"step": 1, "loss": NaN, "up": Infinity, "down": -Infinity}',
      { step: 1, values: { loss: 'NaN', up: 'Infinity', down: '-Infinity' } },
    ],
    ['{"step": 1, "loss": null, "a": "x NaN", "b": true}', { step: 1, values: { loss: null } }],
    ['{"step": 1.0, "loss": -1.5e-3}', { step: 1, values: { loss: -0.0015 } }],
  ])('%s is a report', (line, report) => {
    expect(reportOf(line)).toEqual(report);
  });

  test.each([
    'epoch 3',
    '',
    '{"step": 0, "loss": 1}',
    '{"step": 1.5, "loss": 1}',
    '{"step": "1", "loss": 1}',
    '{"loss": 1}',
    '{"step": 1}',
    '{"step": 1, "phase": "train"}',
    '[1]',
    '{"step": 1, "loss": 1',
    '{NaN}',
    'null',
  ])('%s is none', (line) => {
    expect(reportOf(line)).toBeNull();
  });
});

describe('a result file', () => {
  test.each([
    ['{"accuracy": 0.9, "loss": NaN}\n', { values: { accuracy: 0.9, loss: 'NaN' } }],
    [
      '{"values": {"accuracy": 0.9}, "attributes": {"note": "Infinity \\" NaN"}, "links": []}',
      { values: { accuracy: 0.9 }, attributes: { note: 'Infinity " NaN' }, links: [] },
    ],
    ['{"values": 3}', { values: { values: 3 } }],
  ])('%s has a result', (text, result) => {
    expect(resultOf(text)).toEqual(result);
  });

  test.each([
    ['', 'it is not a JSON object'],
    ['{"accuracy": 0.9', 'it is not a JSON object'],
    ['0.9', 'it is not a JSON object'],
    ['[{"accuracy": 0.9}]', 'it is not a JSON object'],
    ['{"accuracy": "high"}', 'the value accuracy is not a number: "high"'],
    ['{"values": {"accuracy": true}}', 'the value accuracy is not a number: true'],
  ])('%s has none', (text, message) => {
    expect(resultOf(text)).toBe(message);
  });
});
