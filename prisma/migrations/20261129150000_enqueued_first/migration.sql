-- The order in which runners claim: of one priority, trials that a client enqueued before suggestions, and of each kind the oldest first.
DROP INDEX "trial_queue";
CREATE INDEX "trial_queue"
    ON "trial" ("objective_name", "objective_version", "project", "priority" DESC, ("given" IS NULL), "id") WHERE "state" = 'queued';
