-- Projects keep the studies, campaigns and keys of teams apart. Everything so far belongs to the first.
CREATE TABLE "project" (
    "name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "project_pkey" PRIMARY KEY ("name")
);
INSERT INTO "project" ("name") VALUES ('default');

-- Keys of the API. Of the secret only the digest is stored.
CREATE TABLE "access_key" (
    "id" UUID NOT NULL,
    "project" TEXT,
    "name" TEXT NOT NULL,
    "digest" BYTEA NOT NULL,
    "last_four" TEXT NOT NULL,
    "scopes" TEXT[] NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    "created_by" UUID,
    "expires_at" TIMESTAMPTZ(3),
    "last_used_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "access_key_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "access_key_project_fkey" FOREIGN KEY ("project") REFERENCES "project"("name") ON DELETE RESTRICT ON UPDATE RESTRICT
);
CREATE UNIQUE INDEX "access_key_digest_key" ON "access_key"("digest");
CREATE INDEX "access_key_project_id_idx" ON "access_key"("project", "id");

-- The key by which a study or campaign was made; null: none was needed.
ALTER TABLE "study" ADD COLUMN "created_by" UUID;
ALTER TABLE "campaign" ADD COLUMN "created_by" UUID;

-- Lists read the studies and campaigns of one project.
CREATE INDEX "study_project_id_idx" ON "study"("project", "id");
CREATE INDEX "campaign_project_id_idx" ON "campaign"("project", "id");
