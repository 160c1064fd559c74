-- The distance of a trial from the limits of its study. Trials without a score rank by it.
ALTER TABLE "trial" ADD COLUMN "violation" DOUBLE PRECISION;
DROP INDEX "trial_leaderboard";
CREATE INDEX "trial_leaderboard" ON "trial"("study_id", "score" DESC NULLS LAST, "violation", "number") WHERE "state" = 'completed';
