-- Trials of external objectives are leased to workers of clients, which are no runners.
ALTER TABLE "trial"
    -- Name of the worker that asked for it last.
    ADD COLUMN "worker" TEXT,
    -- Every token under which it was given out, in the order of its attempts: while the trial is open, each may deliver the result.
    ADD COLUMN "tokens" UUID[] NOT NULL DEFAULT '{}',
    -- Time by which a heartbeat renews the lease, and the longest time without a report; null: the lease of a runner.
    ADD COLUMN "lease_seconds" DOUBLE PRECISION,
    ADD COLUMN "stall_seconds" DOUBLE PRECISION,
    ADD COLUMN "progress_at" TIMESTAMPTZ(3),
    -- The attempt whose result it is; null: the last one that measured anything.
    ADD COLUMN "settled_attempt" INTEGER,
    -- The worker's own words about its result.
    ADD COLUMN "checkpoint" TEXT,
    ADD COLUMN "attributes" JSONB,
    ADD COLUMN "links" JSONB;
ALTER TABLE "measurement" ADD COLUMN "checkpoint" TEXT;

-- A running trial has a lease and no other has one. The holder is a runner, or a worker with its own lease time.
ALTER TABLE "trial" DROP CONSTRAINT "trial_lease";
ALTER TABLE "trial" ADD CONSTRAINT "trial_lease" CHECK (
    ("state" = 'running') = ("lease_token" IS NOT NULL)
    AND ("lease_token" IS NULL) = ("lease_until" IS NULL)
    AND ("lease_runner" IS NULL OR "lease_token" IS NOT NULL)
    AND ("lease_token" IS NULL OR "lease_runner" IS NOT NULL OR "lease_seconds" IS NOT NULL)
);

-- Most trials have no generation and no result key: entries for them cost every insert and every settlement.
DROP INDEX "trial_study_id_generation_number_idx";
CREATE INDEX "trial_generation" ON "trial"("study_id", "generation", "number") WHERE "generation" IS NOT NULL;
DROP INDEX "trial_result_key_idx";
CREATE INDEX "trial_result_key" ON "trial"("result_key") WHERE "result_key" IS NOT NULL;
