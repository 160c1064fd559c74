import { clientObjectives } from '../../objectives/table.ts';
import { mostTrials } from '../../studies/model/trial.ts';
import { Prisma } from '../generated/client.ts';

// The first `counted` trials of a study are observed, so that they never change: their sums are stored in its row. What a read shows
// of all trials are these sums and those over the trials from `counted` on, which are few.

/** A sum of steps over some trials. */
interface StepSum {
  readonly steps: Prisma.Sql;
  /** Condition of the trials that it is over. */
  readonly where: Prisma.Sql;
}

/** Steps of results that were read from other evaluations. Only those under a result key are: other evaluators may leave out steps. */
export const reusedSteps: StepSum = {
  steps: Prisma.sql`GREATEST(trial.steps_done - trial.steps_trained, 0)`,
  where: Prisma.sql`trial.state IN ('completed', 'pruned', 'failed') AND trial.result_key IS NOT NULL`,
};

/** As text: the expressions become parts of statements of the driver, which have parameters of their own. */
const namesOfClients = Prisma.raw(clientObjectives.map((name) => `'${name}'`).join(', '));

/** Steps that stopped trials did not take. Only the worker of a client knows how many its trial had. */
export const savedSteps: StepSum = {
  steps: Prisma.sql`GREATEST(trial.steps_wanted - trial.steps_done, 0)`,
  where: Prisma.sql`trial.state = 'pruned' AND trial.objective_name <> ALL (ARRAY[${namesOfClients}]::text[])`,
};

/** The sum as an expression, null over no trial. @param more a further condition */
export function sumOf({ steps, where }: StepSum, more = Prisma.sql`true`): Prisma.Sql {
  return Prisma.sql`sum(${steps}) FILTER (WHERE ${where} AND ${more})`;
}

/**
 * Adds trials to the counters of a study, in the SET clause of the statement that lets them be observed, so that no caller can count
 * anything else.
 *
 * @param trials a FROM clause and its condition: observed trials from `study.counted` on without a gap, as `trial`
 */
function counted(trials: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`
    (counted, counted_completed, counted_pruned, counted_failed, counted_cancelled, counted_steps_done, counted_steps_trained, counted_steps_reused,
      counted_steps_saved) = (
      SELECT study.counted + count(*)::int,
        study.counted_completed + count(*) FILTER (WHERE trial.state = 'completed')::int,
        study.counted_pruned + count(*) FILTER (WHERE trial.state = 'pruned')::int,
        study.counted_failed + count(*) FILTER (WHERE trial.state = 'failed')::int,
        study.counted_cancelled + count(*) FILTER (WHERE trial.state = 'cancelled')::int,
        study.counted_steps_done + COALESCE(sum(trial.steps_done), 0),
        study.counted_steps_trained + COALESCE(sum(trial.steps_trained), 0),
        study.counted_steps_reused + COALESCE(${sumOf(reusedSteps)}, 0),
        study.counted_steps_saved + COALESCE(${sumOf(savedSteps)}, 0)
      FROM ${trials}
    )`;
}

/**
 * Counts the trials that a change of a study's row observes: a range of `trial (study_id, number)`. Those that a service without
 * counters observed before are among them.
 *
 * @param observed the number of observed trials after the change
 */
export function countedUpTo(observed: Prisma.Sql): Prisma.Sql {
  return counted(Prisma.sql`trial WHERE trial.study_id = study.id AND trial.number >= study.counted AND trial.number < ${observed}`);
}

/** Counts trials that a study has observed from the start, when they are inserted. @param inserted the relation that they are rows of */
export function countedAmong(inserted: Prisma.Sql): Prisma.Sql {
  return counted(Prisma.sql`${inserted} AS trial WHERE trial.number < study.observed`);
}

/**
 * Condition of the trials from a number on. Without an upper bound the planner expects a third of the table behind a number that it does
 * not know, and scans all of it for a study that has most of the trials: 15 ms of 100,000, in place of 0.1. It expects 0.5 % of a range.
 */
export function numberFrom(first: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`trial.number BETWEEN ${first} AND ${Prisma.raw(String(mostTrials))}`;
}

/** Numbers of all trials of the row `study` in each state, and the sums of their steps. */
export const sumsOfStudy = Prisma.sql`
  SELECT (count(*) FILTER (WHERE trial.state = 'queued'))::int AS queued,
    (count(*) FILTER (WHERE trial.state = 'running'))::int AS running,
    (study.counted_completed + count(*) FILTER (WHERE trial.state = 'completed'))::int AS completed,
    (study.counted_pruned + count(*) FILTER (WHERE trial.state = 'pruned'))::int AS pruned,
    (study.counted_failed + count(*) FILTER (WHERE trial.state = 'failed'))::int AS failed,
    (study.counted_cancelled + count(*) FILTER (WHERE trial.state = 'cancelled'))::int AS cancelled,
    (study.counted_steps_done + COALESCE(sum(trial.steps_done), 0))::float8 AS steps_done,
    (study.counted_steps_trained + COALESCE(sum(trial.steps_trained), 0))::float8 AS steps_trained,
    (study.counted_steps_reused + COALESCE(${sumOf(reusedSteps)}, 0))::float8 AS steps_reused,
    (study.counted_steps_saved + COALESCE(${sumOf(savedSteps)}, 0))::float8 AS steps_saved
  FROM trial WHERE trial.study_id = study.id AND ${numberFrom(Prisma.sql`study.counted`)}`;
