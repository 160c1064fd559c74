-- Campaigns: several studies over one space and objective, a final grid over their best, and its evaluation.
CREATE TABLE "campaign" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "spec" JSONB NOT NULL,
    "state" TEXT NOT NULL,
    "outcome" JSONB,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "campaign_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "campaign_state_known" CHECK ("state" IN ('active', 'paused', 'completed', 'failed', 'cancelled')),
    CONSTRAINT "campaign_ended" CHECK (("ended_at" IS NOT NULL) = ("state" IN ('completed', 'failed', 'cancelled')))
);

ALTER TABLE "study"
    ADD COLUMN "campaign_id" UUID,
    ADD COLUMN "part_kind" TEXT,
    ADD COLUMN "part_name" TEXT,
    -- A part of a campaign has a kind and a name; a study alone has neither.
    ADD CONSTRAINT "study_part" CHECK (
        ("campaign_id" IS NULL) = ("part_kind" IS NULL) AND ("campaign_id" IS NULL) = ("part_name" IS NULL)
        AND ("part_kind" IS NULL OR "part_kind" IN ('search', 'grid', 'test', 'repeat'))
    );

ALTER TABLE "trial"
    ADD COLUMN "training_key" TEXT,
    ADD COLUMN "epochs_wanted" INTEGER,
    ADD COLUMN "epochs_trained" INTEGER NOT NULL DEFAULT 0;
UPDATE "trial" SET "epochs_trained" = "epochs_done";

-- What an epoch of a training came to, for ever: equal trials read it instead of training it again.
CREATE TABLE "epoch_result" (
    "epochs_digest" TEXT NOT NULL,
    "epoch" INTEGER NOT NULL,
    "metrics" JSONB NOT NULL,
    "diverged" BOOLEAN NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "epoch_result_pkey" PRIMARY KEY ("epochs_digest", "epoch"),
    CONSTRAINT "epoch_result_epoch" CHECK ("epoch" >= 1)
);
INSERT INTO "epoch_result" ("epochs_digest", "epoch", "metrics", "diverged")
SELECT DISTINCT ON (trial."epochs_digest", report."epoch")
    trial."epochs_digest", report."epoch", report."metrics", trial."diverged" AND report."epoch" = trial."epochs_done"
FROM "epoch_report" AS report JOIN "trial" AS trial ON trial."id" = report."trial_id"
WHERE trial."epochs_digest" IS NOT NULL AND report."epoch" <= trial."epochs_done"
ORDER BY trial."epochs_digest", report."epoch";

CREATE TABLE "trial_evaluation" (
    "trial_id" UUID NOT NULL,
    "evaluation" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "trial_evaluation_pkey" PRIMARY KEY ("trial_id")
);

CREATE INDEX "campaign_name_id_idx" ON "campaign"("name", "id");
CREATE INDEX "campaign_state_id_idx" ON "campaign"("state", "id");
CREATE UNIQUE INDEX "study_campaign_id_part_name_key" ON "study"("campaign_id", "part_name");

-- Of trials that share a training one runs at a time: the others read its epochs when it is done.
CREATE UNIQUE INDEX "trial_training_running" ON "trial"("training_key") WHERE "state" = 'running';
-- A claim looks here for a twin that goes first.
CREATE INDEX "trial_training_queued" ON "trial"("training_key", "epochs_wanted" DESC, "id") WHERE "state" = 'queued';

ALTER TABLE "study" ADD CONSTRAINT "study_campaign_id_fkey" FOREIGN KEY ("campaign_id") REFERENCES "campaign"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "trial_evaluation" ADD CONSTRAINT "trial_evaluation_trial_id_fkey" FOREIGN KEY ("trial_id") REFERENCES "trial"("id") ON DELETE CASCADE ON UPDATE CASCADE;
