-- Addresses to which the events of a project are sent. A secret signs, so it is stored as it is; the one before it signs too while it lives.
CREATE TABLE "webhook" (
    "id" UUID NOT NULL,
    "project" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "url" TEXT NOT NULL,
    "types" TEXT[] NOT NULL,
    "study_id" UUID,
    "labels" JSONB NOT NULL DEFAULT '{}',
    "secret" TEXT NOT NULL,
    "previous_secret" TEXT,
    "previous_secret_until" TIMESTAMPTZ(3),
    "state" TEXT NOT NULL DEFAULT 'enabled',
    "disabled_reason" TEXT,
    "disabled_at" TIMESTAMPTZ(3),
    "failing_since" TIMESTAMPTZ(3),
    "last_success_at" TIMESTAMPTZ(3),
    "position" BIGINT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    "created_by" UUID,

    CONSTRAINT "webhook_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "webhook_project_fkey" FOREIGN KEY ("project") REFERENCES "project"("name") ON DELETE CASCADE ON UPDATE RESTRICT
);
CREATE INDEX "webhook_project_id_idx" ON "webhook"("project", "id");

-- Messages to receivers: the queue and its log. The body is stored, so that every attempt sends the same bytes.
CREATE TABLE "webhook_delivery" (
    "id" UUID NOT NULL,
    "webhook_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "message_id" TEXT NOT NULL,
    "sequence" BIGINT,
    "type" TEXT NOT NULL,
    "study_id" UUID,
    "order_key" UUID NOT NULL,
    "body" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'pending',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "first_attempt_at" TIMESTAMPTZ(3),
    "attempted_at" TIMESTAMPTZ(3),
    "next_attempt_at" TIMESTAMPTZ(3) DEFAULT clock_timestamp(),
    "lease_token" UUID,
    "lease_until" TIMESTAMPTZ(3),
    "status" INTEGER,
    "excerpt" TEXT,
    "error" TEXT,
    "duration_ms" INTEGER,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    "settled_at" TIMESTAMPTZ(3),

    CONSTRAINT "webhook_delivery_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "webhook_delivery_webhook_id_fkey" FOREIGN KEY ("webhook_id") REFERENCES "webhook"("id") ON DELETE CASCADE ON UPDATE RESTRICT
);
CREATE INDEX "webhook_delivery_webhook_id_id_idx" ON "webhook_delivery"("webhook_id", "id");
CREATE INDEX "webhook_delivery_created_at_idx" ON "webhook_delivery"("created_at");
-- The queue: what waits, in the order in which each receiver gets the events of a study.
CREATE INDEX "webhook_delivery_queue" ON "webhook_delivery"("webhook_id", "order_key", "sequence") WHERE "state" = 'pending';
