import type { BenchDatabase } from './bench-database.ts';

/** The search space of every study, Optuna's too. */
export const space = [
  { type: 'float', name: 'learningRate', low: 0.00001, high: 0.1, scale: 'log' },
  { type: 'float', name: 'dropout', low: 0, high: 0.8 },
  { type: 'int', name: 'units', low: 8, high: 512 },
  { type: 'categorical', name: 'optimizer', choices: ['adam', 'sgd', 'rmsprop'] },
];

/** Creates a study for workers, without an end. @returns its id */
export async function createStudy(url: string, sampler: string): Promise<string> {
  const answer = await fetch(`${url}/v1/studies`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      name: `bench ${sampler}`,
      searchSpace: space,
      metrics: [{ name: 'value' }],
      sampler: { type: sampler },
      budget: { trials: 1_000_000 },
      objective: { type: 'external', metrics: [{ name: 'value', direction: 'maximize' }] },
      seed: 1,
    }),
  });
  if (answer.status !== 201) throw new Error(`the study was refused: ${await answer.text()}`);
  const { id } = (await answer.json()) as { id: string }; // the API's tests check its answers
  return id;
}

/** Fills a study that has no trials with finished and observed ones, as if workers had evaluated them. */
export async function fillStudy({ sql }: BenchDatabase, studyId: string, trials: number): Promise<void> {
  if (trials === 0) return;
  await sql(
    `INSERT INTO trial (id, study_id, number, index, objective_name, objective_version, payload, steps_wanted, parameters, origin, seen, state,
       value, score, values, steps_done, steps_trained, attempts, started_at, finished_at)
     SELECT gen_random_uuid(), $1::uuid, number, number, 'external', 1, '{}', 1,
       jsonb_build_object('learningRate', 0.00001 + random() * 0.09, 'dropout', random() * 0.8, 'units', 8 + floor(random() * 500)::int,
         'optimizer', (ARRAY['adam', 'sgd', 'rmsprop'])[1 + floor(random() * 3)::int]),
       '{"sampler": "bench"}', NULL, 'completed', value, value, jsonb_build_object('value', value), 1, 1, 1, clock_timestamp(), clock_timestamp()
     FROM (SELECT number, random() AS value FROM generate_series(0, $2::int - 1) AS number) AS made`,
    [studyId, trials],
  );
  await sql(
    `UPDATE study SET observed = $2::int, suggested = $2, with_value = $2, version = version + 1, counted = $2, counted_completed = $2,
       counted_steps_done = $2::int, counted_steps_trained = $2::int
     WHERE id = $1`,
    [studyId, trials],
  );
  await sql('ANALYZE trial');
}
