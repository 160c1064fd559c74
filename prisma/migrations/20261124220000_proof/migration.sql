-- The event log of a study, and what makes a result provable and its delivery repeatable.

-- Whose code the study began with; versions before this one had one trainer.
ALTER TABLE "study" ADD COLUMN "trainer_version" INTEGER NOT NULL DEFAULT 1;
-- Length and end of the study's event chain; both are null for studies that began before there was one.
ALTER TABLE "study"
    ADD COLUMN "event_count" INTEGER,
    ADD COLUMN "event_head" TEXT,
    ADD CONSTRAINT "study_events" CHECK (("event_count" IS NULL) = ("event_head" IS NULL));

CREATE TABLE "study_event" (
    "study_id" UUID NOT NULL,
    "sequence" INTEGER NOT NULL,
    "type" TEXT NOT NULL,
    "data" JSONB NOT NULL,
    "previous" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "study_event_pkey" PRIMARY KEY ("study_id", "sequence"),
    CONSTRAINT "study_event_sequence" CHECK ("sequence" >= 0)
);
ALTER TABLE "study_event" ADD CONSTRAINT "study_event_study_id_fkey" FOREIGN KEY ("study_id") REFERENCES "study"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "trial"
    -- What a suggestion saw, where the schedule did not fix it.
    ADD COLUMN "seen" JSONB,
    -- The lease that settled an attempt last: its holder may ask again after a lost answer.
    ADD COLUMN "settled_token" UUID,
    DROP CONSTRAINT "trial_source_known",
    ADD CONSTRAINT "trial_source_known" CHECK ("source" IN ('trained', 'memo', 'prefix', 'imported'));
-- A claim whose answer was lost is found again by its token. (Running trials are those with a token; said by the state, a
-- claim's look for a running twin would take this index for the one of its key, and read all of them.)
CREATE UNIQUE INDEX "trial_lease_token" ON "trial"("lease_token") WHERE "lease_token" IS NOT NULL;

-- What happened to a trial beside its results: a checkpoint that could not be written, weights that were broken, a late result.
CREATE TABLE "trial_incident" (
    "trial_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "epoch" INTEGER NOT NULL,
    "detail" TEXT NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "trial_incident_pkey" PRIMARY KEY ("trial_id", "kind", "epoch")
);
ALTER TABLE "trial_incident" ADD CONSTRAINT "trial_incident_trial_id_fkey" FOREIGN KEY ("trial_id") REFERENCES "trial"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Where a training ran first: code, libraries, data and processor.
CREATE TABLE "training_environment" (
    "epochs_digest" TEXT NOT NULL,
    "environment" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "training_environment_pkey" PRIMARY KEY ("epochs_digest")
);
