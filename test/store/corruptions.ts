/** A change of the database, and the places in which it must be detected, in order, the changed one first. `last` means the last event. */
export type Corruption = readonly [what: string, sql: string, where: readonly string[]];

const trialAt = (number: number) => `(SELECT id FROM trial WHERE number = ${number})`;
const digestAt = (number: number) => `(SELECT result_key FROM trial WHERE number = ${number})`;
const setValue = (number: number, value: string) => `UPDATE trial SET value = ${value} WHERE number = ${number}`;

const swap = [
  'UPDATE study_event SET sequence = 1000 WHERE sequence = 7',
  'UPDATE study_event SET sequence = 7 WHERE sequence = 8',
  'UPDATE study_event SET sequence = 8 WHERE sequence = 1000',
].join('; ');

/** Changes of the database of a completed genetic study of 27 trials (7, then 5 in each generation), and the places in which they are detected. */
export const corruptions: readonly Corruption[] = [
  ['the value of a trial', setValue(3, 'value + 1e-9'), ['trials/3/value']],
  ['one metric of a trial', "UPDATE trial SET values = jsonb_set(values, '{spread}', '0.123') WHERE number = 3", ['trials/3/values']],
  ['a parameter', "UPDATE trial SET parameters = jsonb_set(parameters, '{hiddenUnits}', '7') WHERE number = 4", ['trials/4/parameters']],
  ['an origin', "UPDATE trial SET origin = jsonb_set(origin, '{slot}', '5') WHERE number = 9", ['trials/9/origin']],
  ['a generation', 'UPDATE trial SET generation = 0 WHERE number = 9', ['trials/9/generation']],
  ['a score', 'UPDATE trial SET score = 0.999 WHERE number = 5', ['trials/5/score']],
  [
    'a step report',
    `UPDATE measurement SET values = jsonb_set(values, '{value}', '0.1') WHERE step = 1 AND trial_id = ${trialAt(6)}`,
    ['trials/6/measurements'],
  ],
  [
    'the last step report',
    `UPDATE measurement SET values = jsonb_set(values, '{value}', '0.1') WHERE step = 2 AND trial_id = ${trialAt(6)}`,
    ['trials/6/measurements'],
  ],
  [
    'a step report that is gone',
    `DELETE FROM measurement WHERE step = 1 AND trial_id = ${trialAt(6)}`,
    ['trials/6/steps', 'trials/6/measurements'],
  ],
  [
    'a result of a step',
    `UPDATE step_result SET values = jsonb_set(values, '{value}', '0.1') WHERE step = 1 AND result_key = ${digestAt(8)}`,
    ['stepResults/…/1'],
  ],
  [
    'whether a step diverged',
    `UPDATE step_result SET diverged = NOT diverged WHERE step = 1 AND result_key = ${digestAt(8)}`,
    ['stepResults/…/1'],
  ],
  ['a result of a step that is gone', `DELETE FROM step_result WHERE step = 2 AND result_key = ${digestAt(8)}`, ['stepResults/…/2']],
  [
    'a digit too fine for a double, in a step report',
    `UPDATE measurement SET values = jsonb_set(values, '{value}', ((values ->> 'value') || '0000000000000000000001')::jsonb) WHERE step = 1 AND trial_id = ${trialAt(6)}`,
    ['trials/6/measurements'],
  ],
  [
    "a digit too fine for a double, in an event's data",
    "UPDATE study_event SET data = jsonb_set(data, '{trials,0,value}', ((data #>> '{trials,0,value}') || '0000000000000000000001')::jsonb) WHERE type = 'trials-observed' AND sequence = 3",
    ['events/3/data'],
  ],
  [
    'a number that no double can hold',
    `UPDATE trial SET origin = jsonb_set(origin, '{huge}', '1e400') WHERE id = ${trialAt(6)}`,
    ['trials/6', 'trials/6/origin'],
  ],
  [
    "an event's data",
    "UPDATE study_event SET data = jsonb_set(data, '{trials,0,value}', '0.5') WHERE type = 'trials-observed' AND sequence = 3",
    ['events/3/hash'],
  ],
  ["an event's type", "UPDATE study_event SET type = 'study-paused' WHERE sequence = 4", ['events/4/hash']],
  ["an event's hash", "UPDATE study_event SET hash = repeat('a', 64) WHERE sequence = 5", ['events/5/hash']],
  ["an event's predecessor", "UPDATE study_event SET previous = repeat('a', 64) WHERE sequence = 5", ['events/5/previous']],
  ['an event that is gone', 'DELETE FROM study_event WHERE sequence = 6', ['events/6']],
  ['the last event that is gone', 'DELETE FROM study_event WHERE sequence = (SELECT max(sequence) FROM study_event)', ['events/last']],
  ['two events that changed places', swap, ['events/7/hash', 'events/8/hash']],
  ["the end of the chain in the study's row", "UPDATE study SET event_head = repeat('b', 64)", ['events/last/hash']],
  [
    "a study checkpoint's state",
    "UPDATE study_checkpoint SET state = jsonb_set(state, '{firstTrial}', '8') WHERE sequence = 2",
    ['checkpoints/2/state'],
  ],
  ["a study checkpoint's digest", "UPDATE study_checkpoint SET digest = repeat('c', 64) WHERE sequence = 2", ['checkpoints/2/digest']],
  [
    "a study checkpoint's population",
    'UPDATE study_checkpoint SET population = population - 0 WHERE sequence = 2',
    ['checkpoints/2/population'],
  ],
  ['a study checkpoint that is gone', 'DELETE FROM study_checkpoint WHERE sequence = 2', ['checkpoints/2']],
  [
    "the sampler's state",
    "UPDATE study SET sampler_state = jsonb_set(sampler_state, '{population,0,value}', '0.5')",
    ['study/samplerState'],
  ],
  ['the definition', "UPDATE study SET spec = jsonb_set(spec, '{objectiveSeed}', '99')", ['study/spec']],
  ['the seed in the definition', "UPDATE study SET spec = jsonb_set(spec, '{seed}', '99')", ['study/spec']],
  ['the outcome', "UPDATE study SET outcome = jsonb_set(outcome, '{lastTrial}', '20')", ['study/outcome']],
  ["the study's state", "UPDATE study SET state = 'cancelled'", ['study/state']],
  ['the count of values', 'UPDATE study SET with_value = with_value - 1', ['study/withValue']],
  ["the trainer's version", 'UPDATE study SET objective_version = 9', ['study/objectiveVersion']],
  ['a trial that is gone', 'DELETE FROM trial WHERE number = 12', ['trials/12']],
  [
    'a trial that was added',
    'INSERT INTO trial (objective_name, objective_version, id, study_id, number, generation, parameters, origin) SELECT objective_name, objective_version, gen_random_uuid(), study_id, 27, 5, parameters, origin FROM trial WHERE number = 26',
    ['trials/27'],
  ],
  ["a trial's state", "UPDATE trial SET state = 'cancelled', score = NULL WHERE number = 10", ['trials/10/state']],
  ["a trial's source", "UPDATE trial SET source = 'reused', reuse = 'equal' WHERE number = 10", ['trials/10/source', 'trials/10/reuse']],
  ['that a trial diverged', 'UPDATE trial SET diverged = NOT diverged WHERE number = 10', ['trials/10/diverged']],
  ['what cannot be read', 'UPDATE trial SET values = \'{"value": "x"}\' WHERE number = 11', ['trials/11']],
];
