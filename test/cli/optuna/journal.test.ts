import { describe, expect, test } from 'vitest';
import { studiesOfJournal } from '../../../src/cli/optuna/journal.ts';

const range = '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}';
const choices = '{"name": "CategoricalDistribution", "attributes": {"choices": ["a", null]}}';

/** Operations as Optuna writes them: a study with a trial that completes, then one that waits. */
const operations = [
  '{"op_code":0,"worker_id":"w","study_name":"mine","directions":[1]}',
  '{"op_code":3,"worker_id":"w","study_id":0,"system_attr":{"study:metric_names":["loss"]}}',
  '{"op_code":2,"worker_id":"w","study_id":0,"user_attr":{"team":"vision"}}',
  '{"op_code":4,"worker_id":"w","study_id":0,"datetime_start":"2026-11-29T08:39:04.519228+00:00"}',
  `{"op_code":5,"worker_id":"w","trial_id":0,"param_name":"x","param_value_internal":0.25,"distribution":${JSON.stringify(range)}}`,
  `{"op_code":5,"worker_id":"w","trial_id":0,"param_name":"c","param_value_internal":1,"distribution":${JSON.stringify(choices)}}`,
  '{"op_code":7,"worker_id":"w","trial_id":0,"step":0,"intermediate_value":NaN}',
  '{"op_code":7,"worker_id":"w","trial_id":0,"step":1,"intermediate_value":0.5}',
  '{"op_code":8,"worker_id":"w","trial_id":0,"user_attr":{"note":"NaN and Infinity"}}',
  '{"op_code":6,"worker_id":"w","trial_id":0,"state":1,"values":[-Infinity],"datetime_complete":"2026-11-29T08:39:05+00:00"}',
  '{"op_code":4,"worker_id":"w","study_id":0,"datetime_start":null,"state":4,"value":null,"values":null,"distributions":{},"params":{},"user_attrs":{},"system_attrs":{"fixed_params":{"x":0.5,"c":null}},"intermediate_values":{}}',
];
const lines = (...more: string[]): string => [...operations, ...more].map((line) => `${line}\n`).join('');

const only = (text: string) => {
  const [study, ...others] = studiesOfJournal(text);
  expect(others).toEqual([]);
  if (!study) throw new Error('the journal has no study');
  return study;
};

describe('a journal is replayed', () => {
  test('to its study, with names, attributes and trials', () => {
    const study = only(lines());
    expect(study).toMatchObject({ name: 'mine', directions: ['MINIMIZE'], metricNames: ['loss'], userAttributes: { team: 'vision' } });
    const [first, second] = study.trials;
    expect(first).toMatchObject({ number: 0, state: 'COMPLETE', values: [Number.NEGATIVE_INFINITY], reports: 2, attributes: 1 });
    expect([...(first?.parameters ?? [])].map(([name, { value }]) => [name, value])).toEqual([
      ['x', 0.25],
      ['c', null],
    ]);
    expect(second).toMatchObject({ number: 1, state: 'WAITING', values: [], enqueued: { x: 0.5, c: null } });
  });

  test('from a JSON array too', () => {
    expect(studiesOfJournal(`[${operations.join(',\n')}]`)).toEqual(studiesOfJournal(lines()));
  });

  test('without a last line that was not written to its end', () => {
    expect(studiesOfJournal(`${lines()}{"op_code":4,"wor`)).toEqual(studiesOfJournal(lines()));
  });

  test('a trial that was added with its result is complete', () => {
    const added = `{"op_code":4,"worker_id":"w","study_id":0,"datetime_start":null,"state":1,"value":2.5,"values":null,"distributions":{"x":${JSON.stringify(range)}},"params":{"x":0.75},"user_attrs":{"a":1},"system_attrs":{},"intermediate_values":{"0":1,"1":NaN}}`;
    expect(only(lines(added)).trials[2]).toMatchObject({ number: 2, state: 'COMPLETE', values: [2.5], reports: 2, attributes: 1 });
  });

  test('operations that lost a race change nothing: on a finished trial, of a deleted study, a second study of the name', () => {
    const late = [
      '{"op_code":6,"worker_id":"v","trial_id":0,"state":3,"values":null}',
      '{"op_code":7,"worker_id":"v","trial_id":0,"step":2,"intermediate_value":1}',
      '{"op_code":6,"worker_id":"v","trial_id":99,"state":3,"values":null}',
      '{"op_code":0,"worker_id":"v","study_name":"mine","directions":[2]}',
      '{"op_code":0,"worker_id":"v","study_name":"gone","directions":[2]}',
      '{"op_code":1,"worker_id":"v","study_id":1}',
      '{"op_code":4,"worker_id":"v","study_id":1,"datetime_start":null}',
    ];
    expect(studiesOfJournal(lines(...late))).toEqual(studiesOfJournal(lines()));
    const next = '{"op_code":0,"worker_id":"v","study_name":"next","directions":[2]}';
    const trial = '{"op_code":4,"worker_id":"v","study_id":2,"datetime_start":null}';
    const [, second] = studiesOfJournal(lines(...late, next, trial));
    expect(second).toMatchObject({ name: 'next', directions: ['MAXIMIZE'], trials: [{ number: 0, state: 'RUNNING' }] });
  });
});

test('what is no journal is refused with the place', () => {
  expect(() => studiesOfJournal('hello')).toThrow('line 1 is not JSON, so this is no journal of Optuna');
  expect(() => studiesOfJournal('{"format": "x"}')).toThrow('line 1 is no operation of an Optuna journal');
  expect(() => studiesOfJournal(lines('{"op_code":6,"trial_id":"0"}'))).toThrow('line 12 cannot be read');
  expect(() => studiesOfJournal('[1]')).toThrow('entry 1 is no operation');
  const strange = operations.slice(0, 4).concat(operations[4]?.replace('Float', 'Normal') ?? '');
  expect(() => studiesOfJournal(`[${strange.join(',')}]`)).toThrow('has a distribution that cannot be read: {"name": "NormalDistribution"');
  expect(studiesOfJournal('')).toEqual([]);
});
