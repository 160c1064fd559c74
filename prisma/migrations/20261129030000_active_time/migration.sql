-- The active time of every study is counted, from its creation on. `active_since` is the start of the latest stretch of active time
-- without a pause or down time.
ALTER TABLE "study" ADD COLUMN "active_since" TIMESTAMPTZ(3);
UPDATE "study" SET "active_since" = "ticked_at" WHERE "ticked_at" IS NOT NULL;
ALTER TABLE "study"
    ALTER COLUMN "active_since" SET DEFAULT clock_timestamp(),
    ALTER COLUMN "ticked_at" SET DEFAULT clock_timestamp();
