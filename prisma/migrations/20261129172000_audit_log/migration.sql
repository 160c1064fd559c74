-- Who changed access, or ended or deleted something: written in the transaction of the change, and never changed.
CREATE TABLE "audit_entry" (
    "id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    "project" TEXT,
    "caller" TEXT NOT NULL,
    "key_id" UUID,
    "key_name" TEXT,
    "person" TEXT,
    "address" TEXT,
    "request_id" UUID,
    "action" TEXT NOT NULL,
    "target" TEXT NOT NULL,
    "details" JSONB NOT NULL DEFAULT '{}',

    CONSTRAINT "audit_entry_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "audit_entry_project_id_idx" ON "audit_entry"("project", "id");
CREATE INDEX "audit_entry_target_id_idx" ON "audit_entry"("target", "id");
