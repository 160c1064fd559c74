/** Words of earlier versions, in the fields of exports, and what they are called now. */
const renamed: Readonly<Record<string, string>> = { metrics: 'values' };

type Document = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Document => typeof value === 'object' && value !== null;

/** What an export says of a study, in the words of this version: its results, its study checkpoints and its end. */
export function studyContent(document: unknown): unknown {
  const { trials, checkpoints, state, outcome } = asObject(document);
  const { reason, lastTrial } = asObject(outcome ?? {});
  return {
    state,
    outcome: outcome === null ? null : { reason, lastTrial },
    trials: asList(trials).map(trialContent),
    checkpoints: asList(checkpoints).map((checkpoint) => pick(checkpoint, ['sequence', 'generation', 'trials', 'digest'])),
  };
}

/** The same of each part of a campaign, by name. */
export function campaignContent(document: unknown): unknown {
  return Object.fromEntries(
    asList(asObject(document)['parts']).map((part) => {
      const { kind, name, study } = asObject(part);
      return [name, { kind, study: studyContent(study) }];
    }),
  );
}

function trialContent(trial: unknown): Document {
  const words = Object.fromEntries(Object.entries(asObject(trial)).map(([key, value]) => [renamed[key] ?? key, value]));
  return pick(words, [
    'number',
    'generation',
    'parameters',
    'origin',
    'state',
    'value',
    'values',
    'diverged',
    'evaluation',
    'error',
    'seen',
  ]);
}

function pick(value: unknown, keys: readonly string[]): Document {
  const given = asObject(value);
  return Object.fromEntries(keys.flatMap((key) => (given[key] === undefined ? [] : [[key, given[key]]])));
}

function asObject(value: unknown): Document {
  if (!isObject(value)) throw new TypeError(`an object was expected, got ${JSON.stringify(value)}`);
  return value;
}

function asList(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new TypeError(`a list was expected, got ${JSON.stringify(value)}`);
  return value;
}
