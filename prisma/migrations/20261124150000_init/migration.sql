CREATE TABLE "study" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "spec" JSONB NOT NULL,
    "state" TEXT NOT NULL,
    "outcome" JSONB,
    "version" INTEGER NOT NULL DEFAULT 1,
    "sampler_version" INTEGER NOT NULL,
    "sampler_state" JSONB NOT NULL,
    "folded" INTEGER NOT NULL DEFAULT 0,
    "proposed" INTEGER NOT NULL DEFAULT 0,
    "valued" INTEGER NOT NULL DEFAULT 0,
    "elapsed_seconds" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "ticked_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "study_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "study_state_known" CHECK ("state" IN ('active', 'paused', 'completed', 'failed', 'cancelled')),
    CONSTRAINT "study_ended" CHECK (("ended_at" IS NOT NULL) = ("state" IN ('completed', 'failed', 'cancelled'))),
    CONSTRAINT "study_progress" CHECK (0 <= "valued" AND "valued" <= "folded" AND "folded" <= "proposed")
);

CREATE TABLE "trial" (
    "id" UUID NOT NULL,
    "study_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "generation" INTEGER,
    "state" TEXT NOT NULL DEFAULT 'queued',
    "parameters" JSONB NOT NULL,
    "origin" JSONB NOT NULL,
    "value" DOUBLE PRECISION,
    "score" DOUBLE PRECISION,
    "metrics" JSONB,
    "diverged" BOOLEAN NOT NULL DEFAULT false,
    "epochs_done" INTEGER NOT NULL DEFAULT 0,
    "epochs_digest" TEXT,
    "epochs_reached" INTEGER NOT NULL DEFAULT 0,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "failures" INTEGER NOT NULL DEFAULT 0,
    "deaths" INTEGER NOT NULL DEFAULT 0,
    "source" TEXT NOT NULL DEFAULT 'trained',
    "error" JSONB,
    "lease_token" UUID,
    "lease_until" TIMESTAMPTZ(3),
    "lease_runner" UUID,
    "queued_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    "started_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "trial_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "trial_state_known" CHECK ("state" IN ('queued', 'running', 'completed', 'pruned', 'failed', 'cancelled')),
    CONSTRAINT "trial_source_known" CHECK ("source" IN ('trained', 'memo', 'prefix')),
    CONSTRAINT "trial_number_from_zero" CHECK ("number" >= 0),
    -- A running trial has a lease and no other has one: a lease left behind cannot be stored.
    CONSTRAINT "trial_lease" CHECK (
        ("state" = 'running') = ("lease_token" IS NOT NULL)
        AND ("lease_token" IS NULL) = ("lease_until" IS NULL)
        AND ("lease_token" IS NULL) = ("lease_runner" IS NULL)
    ),
    CONSTRAINT "trial_finished" CHECK (("finished_at" IS NOT NULL) = ("state" IN ('completed', 'pruned', 'failed', 'cancelled'))),
    -- A failed trial says why, and brings no value.
    CONSTRAINT "trial_failed" CHECK ("state" <> 'failed' OR ("error" IS NOT NULL AND "value" IS NULL)),
    CONSTRAINT "trial_value_finite" CHECK ("value" IS NULL OR ("value" > '-Infinity' AND "value" < 'Infinity'))
);

CREATE TABLE "epoch_report" (
    "trial_id" UUID NOT NULL,
    "epoch" INTEGER NOT NULL,
    "metrics" JSONB NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "epoch_report_pkey" PRIMARY KEY ("trial_id", "epoch"),
    CONSTRAINT "epoch_report_epoch" CHECK ("epoch" >= 1)
);

CREATE TABLE "study_checkpoint" (
    "study_id" UUID NOT NULL,
    "sequence" INTEGER NOT NULL,
    "generation" INTEGER,
    "trials" INTEGER NOT NULL,
    "state" JSONB NOT NULL,
    "digest" TEXT NOT NULL,
    "population" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "study_checkpoint_pkey" PRIMARY KEY ("study_id", "sequence")
);

CREATE TABLE "epoch_checkpoint" (
    "epochs_digest" TEXT NOT NULL,
    "epoch" INTEGER NOT NULL,
    "file" TEXT NOT NULL,
    "bytes" INTEGER NOT NULL,
    "sha256" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "epoch_checkpoint_pkey" PRIMARY KEY ("epochs_digest", "epoch")
);

CREATE TABLE "runner" (
    "id" UUID NOT NULL,
    "host" TEXT NOT NULL,
    "boot" TEXT NOT NULL,
    "pid_namespace" TEXT NOT NULL,
    "pid" INTEGER NOT NULL,
    "process_start" TEXT NOT NULL,
    "slots" INTEGER NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    "seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "runner_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "installation" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "artifact_id" UUID NOT NULL,

    CONSTRAINT "installation_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "installation_one_row" CHECK ("id" = 1)
);

CREATE INDEX "study_name_id_idx" ON "study"("name", "id");
CREATE INDEX "study_state_id_idx" ON "study"("state", "id");
CREATE UNIQUE INDEX "trial_study_id_number_key" ON "trial"("study_id", "number");
CREATE INDEX "trial_study_id_state_number_idx" ON "trial"("study_id", "state", "number");
CREATE INDEX "trial_study_id_generation_number_idx" ON "trial"("study_id", "generation", "number");
CREATE INDEX "trial_epochs_digest_idx" ON "trial"("epochs_digest");

-- The queue: ids are UUIDv7, so their order is the order of queueing.
CREATE INDEX "trial_queue" ON "trial"("id") WHERE "state" = 'queued';
-- The leases: heartbeats, the reaper and successors of dead runners look only here.
CREATE INDEX "trial_leases" ON "trial"("lease_runner", "lease_until") WHERE "state" = 'running';
-- The leaderboard: one index scan, best first.
CREATE INDEX "trial_leaderboard" ON "trial"("study_id", "score" DESC NULLS LAST, "number") WHERE "state" = 'completed';

ALTER TABLE "trial" ADD CONSTRAINT "trial_study_id_fkey" FOREIGN KEY ("study_id") REFERENCES "study"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "epoch_report" ADD CONSTRAINT "epoch_report_trial_id_fkey" FOREIGN KEY ("trial_id") REFERENCES "trial"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "study_checkpoint" ADD CONSTRAINT "study_checkpoint_study_id_fkey" FOREIGN KEY ("study_id") REFERENCES "study"("id") ON DELETE CASCADE ON UPDATE CASCADE;
