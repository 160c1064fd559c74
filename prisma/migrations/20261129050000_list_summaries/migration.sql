-- The few values that lists show of a definition, beside it: a page of a list then reads no definition, however large they are.
-- Rows without a summary are read from their definition: those of services that know no summaries, campaigns from before this
-- migration, and grids, whose number of points only the code can count.
ALTER TABLE "study" ADD COLUMN "summary" JSONB;
ALTER TABLE "campaign" ADD COLUMN "summary" JSONB;

UPDATE "study" SET "summary" = jsonb_build_object(
    'sampler', "spec" #> '{sampler,type}',
    'metrics', COALESCE("spec" -> 'metrics', jsonb_build_array("spec" -> 'metric')),
    -- LEAST leaves nulls out: the smaller of the trials of the budget and those of the sampler, where there are any.
    'planned', LEAST(
        ("spec" #>> '{budget,trials}')::integer,
        CASE "spec" #>> '{sampler,type}'
            WHEN 'list' THEN jsonb_array_length("spec" #> '{sampler,points}')
            WHEN 'genetic' THEN ("spec" #>> '{sampler,population}')::integer
                + (("spec" #>> '{budget,generations}')::integer - 1)
                * (("spec" #>> '{sampler,population}')::integer - ("spec" #>> '{sampler,elites}')::integer)
        END
    )
)
WHERE "definition_version" IN (1, 2) AND (
    "spec" #>> '{sampler,type}' IN ('random', 'quasi-random', 'tpe')
    OR ("spec" #>> '{sampler,type}' = 'list' AND jsonb_typeof("spec" #> '{sampler,points}') = 'array')
    OR ("spec" #>> '{sampler,type}' = 'genetic' AND "spec" #> '{sampler,population}' IS NOT NULL AND "spec" #> '{sampler,elites}' IS NOT NULL)
);

-- Filters of lists. Neither column changes after the insert, so the indexes cost a change of the row nothing.
CREATE INDEX "study_campaign_id_id_idx" ON "study"("campaign_id", "id");
CREATE INDEX "study_created_at_idx" ON "study"("created_at");
CREATE INDEX "campaign_created_at_idx" ON "campaign"("created_at");
-- Partial: most studies have no labels.
CREATE INDEX "study_labels" ON "study" USING gin ("labels") WHERE "labels" <> '{}';
