-- Values of a study's definition that were changed after its creation: its budget, parallelism and labels, as they are now. The
-- definition itself stays as it was stored. Null: nothing was changed.
ALTER TABLE "study" ADD COLUMN "changes" JSONB;
