-- Two more sums over the first "counted" trials of a study: the steps that were reused, and those that a pruner saved.
ALTER TABLE "study"
    ADD COLUMN "counted_steps_reused" BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN "counted_steps_saved" BIGINT NOT NULL DEFAULT 0;

-- The trials that are counted already, in one pass. No other sum of theirs changes.
UPDATE "study" SET
    "counted_steps_reused" = "sums"."reused",
    "counted_steps_saved" = "sums"."saved"
FROM (
    SELECT "trial"."study_id",
        COALESCE(sum(GREATEST("trial"."steps_done" - "trial"."steps_trained", 0))
            FILTER (WHERE "trial"."state" IN ('completed', 'pruned', 'failed')), 0) AS "reused",
        COALESCE(sum(GREATEST("trial"."steps_wanted" - "trial"."steps_done", 0))
            FILTER (WHERE "trial"."state" = 'pruned' AND "trial"."lease_seconds" IS NULL), 0) AS "saved"
    FROM "trial" JOIN "study" ON "study"."id" = "trial"."study_id" AND "trial"."number" < "study"."counted"
    GROUP BY "trial"."study_id"
) AS "sums"
WHERE "study"."id" = "sums"."study_id";
