-- Studies, trials and measurements of any objective. This is the last migration that renames: later ones only expand, so that
-- older and newer services can work on one database.

-- An epoch of a training becomes a step of an evaluation.
ALTER TABLE "epoch_report" RENAME TO "measurement";
ALTER TABLE "measurement" RENAME COLUMN "epoch" TO "step";
ALTER TABLE "measurement" RENAME COLUMN "metrics" TO "values";
ALTER TABLE "measurement" RENAME CONSTRAINT "epoch_report_epoch" TO "measurement_step";
ALTER TABLE "measurement" RENAME CONSTRAINT "epoch_report_trial_id_fkey" TO "measurement_trial_id_fkey";
-- A second attempt may measure otherwise: measurements belong to an attempt. Those of earlier versions belong to the last one.
ALTER TABLE "measurement" ADD COLUMN "attempt" INTEGER NOT NULL DEFAULT 1;
UPDATE "measurement" SET "attempt" = GREATEST(trial."attempts", 1) FROM "trial" AS trial WHERE trial."id" = "measurement"."trial_id";
ALTER TABLE "measurement" ALTER COLUMN "attempt" DROP DEFAULT;
ALTER TABLE "measurement" DROP CONSTRAINT "epoch_report_pkey";
ALTER TABLE "measurement" ADD CONSTRAINT "measurement_pkey" PRIMARY KEY ("trial_id", "attempt", "step");

ALTER TABLE "epoch_result" RENAME TO "step_result";
ALTER TABLE "step_result" RENAME COLUMN "epochs_digest" TO "result_key";
ALTER TABLE "step_result" RENAME COLUMN "epoch" TO "step";
ALTER TABLE "step_result" RENAME COLUMN "metrics" TO "values";
ALTER TABLE "step_result" RENAME CONSTRAINT "epoch_result_pkey" TO "step_result_pkey";
ALTER TABLE "step_result" RENAME CONSTRAINT "epoch_result_epoch" TO "step_result_step";

ALTER TABLE "epoch_checkpoint" RENAME TO "step_checkpoint";
ALTER TABLE "step_checkpoint" RENAME COLUMN "epochs_digest" TO "result_key";
ALTER TABLE "step_checkpoint" RENAME COLUMN "epoch" TO "step";
ALTER TABLE "step_checkpoint" RENAME CONSTRAINT "epoch_checkpoint_pkey" TO "step_checkpoint_pkey";

ALTER TABLE "training_environment" RENAME COLUMN "epochs_digest" TO "result_key";
ALTER TABLE "trial_incident" RENAME COLUMN "epoch" TO "step";

ALTER TABLE "trial" RENAME COLUMN "metrics" TO "values";
ALTER TABLE "trial" RENAME COLUMN "epochs_done" TO "steps_done";
ALTER TABLE "trial" RENAME COLUMN "epochs_digest" TO "result_key";
ALTER TABLE "trial" RENAME COLUMN "epochs_reached" TO "steps_reached";
ALTER TABLE "trial" RENAME COLUMN "epochs_trained" TO "steps_trained";
ALTER TABLE "trial" RENAME COLUMN "epochs_wanted" TO "steps_wanted";
ALTER TABLE "trial" RENAME COLUMN "training_key" TO "exclusion_key";
ALTER TABLE "trial" RENAME COLUMN "deaths" TO "lease_expiries";
ALTER INDEX "trial_epochs_digest_idx" RENAME TO "trial_result_key_idx";
ALTER INDEX "trial_training_running" RENAME TO "trial_exclusion_running";
ALTER INDEX "trial_training_queued" RENAME TO "trial_exclusion_queued";

-- A result is trained, reused or imported; a reused one says whether it was read from an equal or from a longer evaluation.
ALTER TABLE "trial" ADD COLUMN "reuse" TEXT, DROP CONSTRAINT "trial_source_known";
UPDATE "trial" SET "source" = 'reused', "reuse" = CASE "source" WHEN 'memo' THEN 'equal' ELSE 'longer' END WHERE "source" IN ('memo', 'prefix');
ALTER TABLE "trial"
    ADD CONSTRAINT "trial_source_known" CHECK ("source" IN ('trained', 'reused', 'imported')),
    ADD CONSTRAINT "trial_reuse_known" CHECK (("source" = 'reused') = ("reuse" IS NOT NULL) AND ("reuse" IS NULL OR "reuse" IN ('equal', 'longer')));

-- The search's own progress, in the words of the sampler contract.
ALTER TABLE "study" RENAME COLUMN "folded" TO "observed";
ALTER TABLE "study" RENAME COLUMN "proposed" TO "suggested";
ALTER TABLE "study" RENAME COLUMN "valued" TO "with_value";

-- The objective that evaluates a study, in the version that it began with; its project and priority.
ALTER TABLE "study" RENAME COLUMN "trainer_version" TO "objective_version";
ALTER TABLE "study"
    ADD COLUMN "objective_name" TEXT NOT NULL DEFAULT 'lstm-text-classifier',
    ADD COLUMN "project" TEXT NOT NULL DEFAULT 'default',
    ADD COLUMN "priority" INTEGER NOT NULL DEFAULT 0,
    ADD COLUMN "labels" JSONB NOT NULL DEFAULT '{}',
    -- The form that the definition is stored in, and the digest over its stored text. Forms of earlier versions stay as they are.
    ADD COLUMN "definition_version" INTEGER NOT NULL DEFAULT 1,
    ADD COLUMN "definition_digest" TEXT;
ALTER TABLE "study" ALTER COLUMN "objective_name" DROP DEFAULT, ALTER COLUMN "objective_version" DROP DEFAULT, ALTER COLUMN "definition_version" DROP DEFAULT;
ALTER TABLE "campaign"
    ADD COLUMN "objective_name" TEXT NOT NULL DEFAULT 'lstm-text-classifier',
    ADD COLUMN "objective_version" INTEGER NOT NULL DEFAULT 1,
    ADD COLUMN "project" TEXT NOT NULL DEFAULT 'default',
    ADD COLUMN "priority" INTEGER NOT NULL DEFAULT 0,
    ADD COLUMN "labels" JSONB NOT NULL DEFAULT '{}',
    ADD COLUMN "definition_version" INTEGER NOT NULL DEFAULT 1;
ALTER TABLE "campaign" ALTER COLUMN "objective_name" DROP DEFAULT, ALTER COLUMN "objective_version" DROP DEFAULT, ALTER COLUMN "definition_version" DROP DEFAULT;

-- The job that a trial is: made when the trial is suggested, returned by the claim. A trial of an earlier version has no payload.
ALTER TABLE "trial"
    ADD COLUMN "index" INTEGER,
    ADD COLUMN "objective_name" TEXT NOT NULL DEFAULT 'lstm-text-classifier',
    ADD COLUMN "objective_version" INTEGER NOT NULL DEFAULT 1,
    ADD COLUMN "project" TEXT NOT NULL DEFAULT 'default',
    ADD COLUMN "priority" INTEGER NOT NULL DEFAULT 0,
    ADD COLUMN "payload" JSONB,
    ADD COLUMN "evaluate" BOOLEAN NOT NULL DEFAULT false;
UPDATE "trial" SET
    "index" = "trial"."number",
    "objective_version" = study."objective_version",
    "evaluate" = COALESCE((study."spec" ->> 'evaluateOnTest')::boolean, false)
FROM "study" AS study WHERE study."id" = "trial"."study_id";
ALTER TABLE "trial" ALTER COLUMN "objective_name" DROP DEFAULT, ALTER COLUMN "objective_version" DROP DEFAULT;

DROP INDEX "trial_queue";
CREATE INDEX "trial_queue" ON "trial"("objective_name", "objective_version", "project", "priority" DESC, "id") WHERE "state" = 'queued';

-- The objectives that a runner can evaluate, with their versions.
ALTER TABLE "runner" ADD COLUMN "objectives" JSONB NOT NULL DEFAULT '[]';

-- The oldest version of the code that may work on this database.
CREATE TABLE "compatibility" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "oldest_version" TEXT NOT NULL,

    CONSTRAINT "compatibility_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "compatibility_one_row" CHECK ("id" = 1)
);
INSERT INTO "compatibility" ("oldest_version") VALUES ('0.2.0');
