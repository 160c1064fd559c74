-- Trials that a client gives: with their results ("known"), or to be evaluated ("enqueued"). They have a number and no index, so that the
-- number of a study's trials is "suggested" - "skipped" + "known" + "enqueued".
ALTER TABLE "study"
    ADD COLUMN "skipped" INTEGER NOT NULL DEFAULT 0,
    ADD COLUMN "known" INTEGER NOT NULL DEFAULT 0,
    ADD COLUMN "enqueued" INTEGER NOT NULL DEFAULT 0,
    DROP CONSTRAINT "study_progress",
    ADD CONSTRAINT "study_progress" CHECK (
        0 <= "with_value" AND "with_value" <= "observed" AND 0 <= "skipped" AND 0 <= "known" AND 0 <= "enqueued"
        AND "observed" <= "suggested" - "skipped" + "known" + "enqueued"
    );
ALTER TABLE "trial"
    ADD COLUMN "given" TEXT,
    ADD CONSTRAINT "trial_given_known" CHECK ("given" IN ('known', 'enqueued')),
    DROP CONSTRAINT "trial_source_known",
    ADD CONSTRAINT "trial_source_known" CHECK ("source" IN ('trained', 'reused', 'imported', 'given'));

-- The given trials of a study, which grids and lists skip: few among many.
CREATE INDEX "trial_given" ON "trial" ("study_id", "number") WHERE "given" IS NOT NULL;
