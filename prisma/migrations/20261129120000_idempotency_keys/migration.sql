-- Requests that created something, by the key that their client gave them: sent again, they get what they created. Kept for a day.
CREATE TABLE "created_request" (
    "caller" TEXT NOT NULL DEFAULT '',
    "route" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "body" TEXT NOT NULL,
    "resource" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "created_request_pkey" PRIMARY KEY ("caller", "route", "key")
);
CREATE INDEX "created_request_created_at_idx" ON "created_request"("created_at");
