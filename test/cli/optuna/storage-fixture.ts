/** Runs a statement with values for $1, $2, …. */
export type Run = (statement: string, values?: readonly (string | number | null)[]) => Promise<void>;

/** The tables of Optuna 3.2 to 5 as far as an import reads them, in terms of both SQLite and PostgreSQL. */
const tables = [
  'alembic_version (version_num text NOT NULL)',
  'studies (study_id integer PRIMARY KEY, study_name text NOT NULL UNIQUE)',
  'study_directions (study_id integer NOT NULL, objective integer NOT NULL, direction text NOT NULL)',
  'study_user_attributes (study_user_attribute_id integer PRIMARY KEY, study_id integer, key text, value_json text)',
  'study_system_attributes (study_system_attribute_id integer PRIMARY KEY, study_id integer, key text, value_json text)',
  'trials (trial_id integer PRIMARY KEY, number integer, study_id integer, state text NOT NULL)',
  'trial_params (param_id integer PRIMARY KEY, trial_id integer, param_name text, param_value double precision, distribution_json text)',
  'trial_values (trial_id integer NOT NULL, objective integer NOT NULL, value double precision, value_type text NOT NULL)',
  'trial_intermediate_values (trial_id integer NOT NULL, step integer NOT NULL)',
  'trial_user_attributes (trial_id integer, key text, value_json text)',
  'trial_system_attributes (trial_id integer, key text, value_json text)',
];

const learningRate = '{"name": "FloatDistribution", "attributes": {"step": null, "low": 1e-05, "high": 0.1, "log": true}}';
const momentum = '{"name": "FloatDistribution", "attributes": {"step": 0.05, "low": 0.1, "high": 0.95, "log": false}}';
const optimizer = '{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}}';

/** Makes a storage with the study `mine` (ids do not follow the order of numbers) and an empty one, `other`. */
export async function makeStorage(run: Run, schema = 'v3.2.0.a'): Promise<void> {
  for (const table of tables) await run(`CREATE TABLE ${table}`);
  await run('INSERT INTO alembic_version VALUES ($1)', [schema]);
  await run("INSERT INTO studies VALUES (1, 'other'), (2, 'mine')");
  await run("INSERT INTO study_directions VALUES (1, 0, 'MINIMIZE'), (2, 0, 'MAXIMIZE')");
  await run('INSERT INTO study_user_attributes VALUES (1, 2, $1, $2)', ['team', '"vision"']);
  await run('INSERT INTO study_system_attributes VALUES (1, 2, $1, $2)', ['study:metric_names', '["accuracy"]']);
  await run(
    "INSERT INTO trials VALUES (11, 1, 2, 'COMPLETE'), (12, 0, 2, 'COMPLETE'), (13, 2, 2, 'PRUNED'), (14, 3, 2, 'FAIL'), (15, 4, 2, 'WAITING'), (16, 5, 2, 'COMPLETE')",
  );
  const rows = (
    [
      [11, 0.012, 0.7000000000000001, 1],
      [12, 0.00046568046379195655, 0.1, 0],
      [13, 0.02, 0.15, 0],
      [16, 1e-5, 0.95, 0],
    ] as const
  ).flatMap(([trial, rate, share, choice]) => [
    [trial, 'lr', rate, learningRate],
    [trial, 'momentum', share, momentum],
    [trial, 'optimizer', choice, optimizer],
  ]);
  for (const [id, row] of rows.entries()) await run('INSERT INTO trial_params VALUES ($1, $2, $3, $4, $5)', [id, ...row]);
  await run("INSERT INTO trial_values VALUES (11, 0, 0.75, 'FINITE'), (12, 0, 0.5, 'FINITE'), (13, 0, 0.1, 'FINITE')");
  await run("INSERT INTO trial_values VALUES (16, 0, NULL, 'INF_NEG')");
  await run('INSERT INTO trial_intermediate_values VALUES (11, 0), (11, 1), (12, 0)');
  await run('INSERT INTO trial_user_attributes VALUES (11, $1, $2)', ['host', '"a"']);
  await run('INSERT INTO trial_system_attributes VALUES (15, $1, $2)', [
    'fixed_params',
    '{"lr": 0.001, "momentum": 0.9, "optimizer": "sgd"}',
  ]);
}

/** The definition that the study `mine` becomes, but for options of the command. */
export const definitionOfMine = {
  name: 'mine',
  searchSpace: [
    { type: 'float', name: 'lr', low: 1e-5, high: 0.1, scale: 'log' },
    { type: 'float', name: 'momentum', low: 0.1, high: 0.95, step: 0.05, scale: 'linear' },
    { type: 'categorical', name: 'optimizer', choices: ['adam', 'sgd'] },
  ],
  metrics: [{ name: 'accuracy' }],
  objective: { type: 'external', metrics: [{ name: 'accuracy', direction: 'maximize' }], steps: 2 },
  labels: { team: 'vision' },
  givenTrials: [
    { parameters: { lr: 0.000465680463792, momentum: 0.1, optimizer: 'adam' }, values: { accuracy: 0.5 } },
    { parameters: { lr: 0.012, momentum: 0.7, optimizer: 'sgd' }, values: { accuracy: 0.75 } },
    { parameters: { lr: 1e-5, momentum: 0.95, optimizer: 'adam' }, values: { accuracy: null } },
    { parameters: { lr: 0.001, momentum: 0.9, optimizer: 'sgd' } },
  ],
};

/** The sentences about it. */
export const remarksOnMine = [
  'Optuna study "mine": 3 results taken, 1 waiting; left out: 1 pruned, 1 failed',
  '  - 1 result that is not finite ranks last',
  '  - the user attributes of 1 trial are left out',
];
