-- The decisions of a pruner: for each trial and step one, which stays for later attempts. A judgement finds the scores of others by study and step.
CREATE TABLE "judgement" (
    "trial_id" UUID NOT NULL,
    "step" INTEGER NOT NULL,
    "study_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "score" DOUBLE PRECISION,
    "others" INTEGER NOT NULL,
    "least" DOUBLE PRECISION,
    "place" INTEGER,

    CONSTRAINT "judgement_pkey" PRIMARY KEY ("trial_id", "step"),
    CONSTRAINT "judgement_trial_id_fkey" FOREIGN KEY ("trial_id") REFERENCES "trial"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "judgement_study_id_step_number_idx" ON "judgement"("study_id", "step", "number");
-- Under the asynchronous schedule each judgement sees those before it.
CREATE UNIQUE INDEX "judgement_place" ON "judgement"("study_id", "step", "place") WHERE "place" IS NOT NULL;
