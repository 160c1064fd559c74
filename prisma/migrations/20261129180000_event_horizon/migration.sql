-- The highest number of an event that was deleted because of its age, so that readers of later ones are told of no gap: numbers are left out, and
-- the table may be empty.
CREATE TABLE "event_horizon" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "deleted_through" BIGINT NOT NULL,

    CONSTRAINT "event_horizon_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "event_horizon_one_row" CHECK ("id" = 1)
);
INSERT INTO "event_horizon" ("deleted_through")
SELECT COALESCE((SELECT min("sequence") - 1 FROM "outbox"), (SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM "outbox_sequence_seq"));
