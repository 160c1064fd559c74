-- The study and the results that a fork began with; null for studies that are no forks, and for forks of earlier versions.
ALTER TABLE "study" ADD COLUMN "forked_from" JSONB;
