-- Sums over the first trials of a study, 0 to "counted" - 1, which are observed and never change: a read adds only the trials from
-- "counted" on, however many there are. A service that knows no counters observes trials and leaves them uncounted; the next advance
-- of one that does counts them too.
ALTER TABLE "study"
    ADD COLUMN "counted" INTEGER NOT NULL DEFAULT 0,
    ADD COLUMN "counted_completed" INTEGER NOT NULL DEFAULT 0,
    ADD COLUMN "counted_pruned" INTEGER NOT NULL DEFAULT 0,
    ADD COLUMN "counted_failed" INTEGER NOT NULL DEFAULT 0,
    ADD COLUMN "counted_cancelled" INTEGER NOT NULL DEFAULT 0,
    ADD COLUMN "counted_steps_done" BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN "counted_steps_trained" BIGINT NOT NULL DEFAULT 0;

-- Studies that have ended will not advance: they are counted here, in one pass over the trials.
UPDATE "study" SET
    "counted" = "sums"."counted",
    "counted_completed" = "sums"."completed",
    "counted_pruned" = "sums"."pruned",
    "counted_failed" = "sums"."failed",
    "counted_cancelled" = "sums"."cancelled",
    "counted_steps_done" = "sums"."steps_done",
    "counted_steps_trained" = "sums"."steps_trained"
FROM (
    SELECT "trial"."study_id", count(*) AS "counted",
        count(*) FILTER (WHERE "trial"."state" = 'completed') AS "completed",
        count(*) FILTER (WHERE "trial"."state" = 'pruned') AS "pruned",
        count(*) FILTER (WHERE "trial"."state" = 'failed') AS "failed",
        count(*) FILTER (WHERE "trial"."state" = 'cancelled') AS "cancelled",
        sum("trial"."steps_done") AS "steps_done",
        sum("trial"."steps_trained") AS "steps_trained"
    FROM "trial" JOIN "study" ON "study"."id" = "trial"."study_id" AND "trial"."number" < "study"."observed"
    GROUP BY "trial"."study_id"
) AS "sums"
WHERE "study"."id" = "sums"."study_id";
