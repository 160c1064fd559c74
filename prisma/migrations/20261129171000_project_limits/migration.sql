-- Share of a project in the runners' queue, its quotas (null: none), and what housekeeping knows of it.
ALTER TABLE "project"
    ADD COLUMN "weight" INTEGER NOT NULL DEFAULT 1,
    ADD COLUMN "open_studies" INTEGER,
    ADD COLUMN "trials_per_day" INTEGER,
    ADD COLUMN "stored_bytes" BIGINT,
    ADD COLUMN "slots" INTEGER,
    ADD COLUMN "bytes_used" BIGINT,
    ADD COLUMN "measured_at" TIMESTAMPTZ(3),
    ADD COLUMN "erasing_since" TIMESTAMPTZ(3),
    ADD COLUMN "erased_through" BIGINT NOT NULL DEFAULT 0;

-- The place that a running trial takes of those that its project has on runners. Two cannot take one; without that quota there is none.
ALTER TABLE "trial" ADD COLUMN "project_slot" INTEGER;
CREATE UNIQUE INDEX "trial_project_slot" ON "trial" ("project", "project_slot") WHERE "state" = 'running' AND "project_slot" IS NOT NULL;
