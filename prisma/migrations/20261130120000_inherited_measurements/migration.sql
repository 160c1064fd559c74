-- An attempt of a worker that resumes at a checkpoint has the measurements up to it, of the attempt that made it, as its own.
ALTER TABLE "measurement" ADD COLUMN "inherited" BOOLEAN NOT NULL DEFAULT false;

-- They were reported once already: they are no events.
CREATE OR REPLACE FUNCTION "outbox_measurement"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO outbox (project, study_id, type, number, data)
  SELECT trial.project, trial.study_id, 'trial-reported', trial.number,
    jsonb_build_object('attempt', reported.attempt, 'step', reported.step, 'values', reported.values)
  FROM reported CROSS JOIN LATERAL (
    SELECT project, study_id, number FROM trial WHERE trial.id = reported.trial_id AND trial.state = 'running' LIMIT 1
  ) AS trial
  WHERE NOT reported.inherited
  ORDER BY trial.study_id, trial.number, reported.attempt, reported.step;
  RETURN NULL;
END $$;
