-- Events for other services, one row each, numbered across all studies. Triggers write them in the transaction of the change, so that no
-- statement can forget one, of this release or of an earlier one beside it.
--
-- The triggers of rows are deferred to the commit. A row's number is then drawn moments before it becomes visible, and a reader, which
-- waits for every number, never waits for a long transaction. Events of one study are in the order of its transactions, because these
-- still hold its locks when they draw.

-- In the order in which writers lock them, so that the migration waits for those of processes beside it and never in a circle with them.
LOCK TABLE "study", "trial", "measurement", "study_event", "campaign" IN SHARE ROW EXCLUSIVE MODE;

CREATE TABLE "outbox" (
    "sequence" BIGSERIAL NOT NULL,
    "project" TEXT NOT NULL,
    "study_id" UUID,
    "campaign_id" UUID,
    "type" TEXT NOT NULL,
    "number" INTEGER,
    "data" JSONB NOT NULL DEFAULT '{}',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "outbox_pkey" PRIMARY KEY ("sequence")
);
CREATE INDEX "outbox_study_id_sequence_idx" ON "outbox"("study_id", "sequence");

-- The event log: its events are read from there, nothing is stored twice.
CREATE FUNCTION "outbox_study_event"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO outbox (project, study_id, type, number)
  SELECT study.project, NEW.study_id, NEW.type, NEW.sequence FROM study WHERE study.id = NEW.study_id;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER "outbox_study_event" AFTER INSERT ON "study_event" DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION "outbox_study_event"();

-- Deleted studies: their log is gone.
CREATE FUNCTION "outbox_study_deleted"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO outbox (project, study_id, campaign_id, type) VALUES (OLD.project, OLD.id, OLD.campaign_id, 'study-deleted');
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER "outbox_study_deleted" AFTER DELETE ON "study" DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION "outbox_study_deleted"();

-- Trials that start, return to the queue or are settled. Heartbeats and reported steps change neither column, and a trial that is inserted
-- with its result is in the log (trials-given, study-imported). Of an error its code alone: messages may name files.
CREATE FUNCTION "outbox_trial"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.state = 'running' AND NEW.state IN ('queued', 'running') THEN
    INSERT INTO outbox (project, study_id, type, number, data) VALUES (NEW.project, NEW.study_id, 'trial-released', NEW.number,
      jsonb_build_object('attempt', OLD.attempts, 'why', CASE
        WHEN NEW.lease_expiries > OLD.lease_expiries THEN 'lease-expired'
        WHEN NEW.failures > OLD.failures THEN 'failed'
        ELSE 'returned' END, 'error', CASE WHEN NEW.failures > OLD.failures THEN NEW.error -> 'code' END));
  END IF;
  IF NEW.state = 'running' THEN
    INSERT INTO outbox (project, study_id, type, number, data) VALUES (NEW.project, NEW.study_id, 'trial-started', NEW.number,
      jsonb_build_object('attempt', NEW.attempts, 'worker', NEW.worker));
  ELSIF NEW.state <> 'queued' THEN
    INSERT INTO outbox (project, study_id, type, number, data) VALUES (NEW.project, NEW.study_id, 'trial-' || NEW.state, NEW.number,
      jsonb_build_object('attempt', COALESCE(NEW.settled_attempt, NEW.attempts), 'value', NEW.value, 'values', NEW.values,
        'steps', NEW.steps_done, 'error', NEW.error -> 'code'));
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER "outbox_trial_inserted" AFTER INSERT ON "trial" DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NEW.state = 'running') EXECUTE FUNCTION "outbox_trial"();
CREATE CONSTRAINT TRIGGER "outbox_trial_updated" AFTER UPDATE OF "state", "attempts" ON "trial" DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NEW.state IS DISTINCT FROM OLD.state OR NEW.attempts IS DISTINCT FROM OLD.attempts)
  EXECUTE FUNCTION "outbox_trial"();

-- Measurements of running trials, once for each statement, while the trial is still what it was: an import inserts millions of others.
CREATE FUNCTION "outbox_measurement"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO outbox (project, study_id, type, number, data)
  SELECT trial.project, trial.study_id, 'trial-reported', trial.number,
    jsonb_build_object('attempt', reported.attempt, 'step', reported.step, 'values', reported.values)
  FROM reported CROSS JOIN LATERAL (
    SELECT project, study_id, number FROM trial WHERE trial.id = reported.trial_id AND trial.state = 'running' LIMIT 1
  ) AS trial
  ORDER BY trial.study_id, trial.number, reported.attempt, reported.step;
  RETURN NULL;
END $$;
CREATE TRIGGER "outbox_measurement" AFTER INSERT ON "measurement" REFERENCING NEW TABLE AS reported
  FOR EACH STATEMENT EXECUTE FUNCTION "outbox_measurement"();

-- Campaigns have no log: their states are events of their own.
CREATE FUNCTION "outbox_campaign"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    INSERT INTO outbox (project, campaign_id, type) VALUES (OLD.project, OLD.id, 'campaign-deleted');
  ELSE
    INSERT INTO outbox (project, campaign_id, type, data) VALUES (NEW.project, NEW.id, CASE
        WHEN TG_OP = 'INSERT' THEN 'campaign-created'
        WHEN NEW.state = 'active' THEN 'campaign-resumed'
        WHEN NEW.state = 'paused' THEN 'campaign-paused'
        ELSE 'campaign-ended' END, jsonb_build_object('state', NEW.state, 'outcome', NEW.outcome));
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER "outbox_campaign_inserted" AFTER INSERT OR DELETE ON "campaign" DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION "outbox_campaign"();
CREATE CONSTRAINT TRIGGER "outbox_campaign_updated" AFTER UPDATE OF "state" ON "campaign" DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NEW.state IS DISTINCT FROM OLD.state) EXECUTE FUNCTION "outbox_campaign"();
