-- Two more sums over the first "counted" trials of a study: the steps that were reused, and those that a pruner saved.
ALTER TABLE "study"
    ADD COLUMN "counted_steps_reused" BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN "counted_steps_saved" BIGINT NOT NULL DEFAULT 0;
