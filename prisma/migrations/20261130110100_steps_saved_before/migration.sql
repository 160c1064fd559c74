-- The trials that are counted already, in one pass, in a transaction of its own: the table is not locked for it.
UPDATE "study" SET
    "counted_steps_reused" = "sums"."reused",
    "counted_steps_saved" = "sums"."saved"
FROM (
    SELECT "trial"."study_id",
        COALESCE(sum(GREATEST("trial"."steps_done" - "trial"."steps_trained", 0))
            FILTER (WHERE "trial"."state" IN ('completed', 'pruned', 'failed') AND "trial"."result_key" IS NOT NULL), 0) AS "reused",
        COALESCE(sum(GREATEST("trial"."steps_wanted" - "trial"."steps_done", 0))
            FILTER (WHERE "trial"."state" = 'pruned' AND "trial"."objective_name" <> 'external'), 0) AS "saved"
    FROM "trial" JOIN "study" ON "study"."id" = "trial"."study_id" AND "trial"."number" < "study"."counted"
    GROUP BY "trial"."study_id"
) AS "sums"
WHERE "study"."id" = "sums"."study_id" AND ("sums"."reused" > 0 OR "sums"."saved" > 0);
