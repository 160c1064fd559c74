import { describe, expect, test } from 'vitest';
import { commandTemplate } from '../../src/cli/placeholders.ts';

const names = ['learningRate', 'units', 'kind'];

describe('a command with placeholders', () => {
  test.each([
    [
      ['--lr', '{learningRate}'],
      ['--lr', '1e-7'],
    ],
    [['--lr={learningRate},{units}'], ['--lr=1e-7,20']],
    [['{{"a": {units}}}'], ['{"a": 20}']],
    [
      ['{{units}}', '}}{{'],
      ['{units}', '}{'],
    ],
    [
      ['--amsgrad={kind}', ''],
      ['--amsgrad=true', ''],
    ],
  ])('%j becomes %j', (command, filled) => {
    expect(commandTemplate(command, names).fill({ learningRate: 1e-7, units: 20, kind: true })).toEqual(filled);
  });

  test('leaves a parameter empty that the trial does not have', () => {
    expect(commandTemplate(['--kind={kind}'], names).fill({ units: 1 })).toEqual(['--kind=']);
  });

  test('knows its program unless a parameter names it', () => {
    expect(commandTemplate(['./{{a}}', '{units}'], names).program).toBe('./{a}');
    expect(commandTemplate(['train-{kind}'], names).program).toBeNull();
  });

  test.each([
    [
      '{unit}',
      '{unit} in the command is not a parameter of the study, which has {learningRate}, {units}, {kind}; write {{ and }} for braces',
    ],
    ['{}', '{} in the command is not a parameter of the study'],
    ['{toString}', '{toString} in the command is not a parameter of the study'],
    ['{"a": 1}', 'is not a parameter of the study'],
    ['a{', 'the argument a{ has a single {: write {{ for a brace'],
    ['units}', 'the argument units} has a single }: write }} for a brace'],
  ])('%s is refused', (argument, message) => {
    expect(() => commandTemplate(['python', argument], names)).toThrow(message);
  });
});
