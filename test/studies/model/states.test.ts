import { describe, expect, test } from 'vitest';
import {
  isEnded,
  isFinal,
  studyStateSchema,
  studyTransitions,
  trialStateSchema,
  trialTransitions,
} from '../../../src/studies/model/states.ts';

function movesOf<State extends string>(table: Readonly<Record<State, readonly State[]>>, states: readonly State[]): string[] {
  return states.flatMap((from) => states.filter((to) => table[from].includes(to)).map((to) => `${from} → ${to}`));
}

describe('a study', () => {
  test('makes these moves and no other', () => {
    expect(movesOf(studyTransitions, studyStateSchema.options)).toEqual([
      'active → paused',
      'active → completed',
      'active → failed',
      'active → cancelled',
      'paused → active',
      'paused → cancelled',
    ]);
  });

  test('never moves once it ended', () => {
    expect(studyStateSchema.options.filter(isEnded)).toEqual(['completed', 'failed', 'cancelled']);
  });
});

describe('a trial', () => {
  test('makes these moves and no other', () => {
    expect(movesOf(trialTransitions, trialStateSchema.options)).toEqual([
      'queued → running',
      'queued → completed',
      'queued → cancelled',
      'running → queued',
      'running → completed',
      'running → pruned',
      'running → failed',
      'running → cancelled',
    ]);
  });

  test('never moves once it is final', () => {
    expect(trialStateSchema.options.filter(isFinal)).toEqual(['completed', 'pruned', 'failed', 'cancelled']);
  });
});
