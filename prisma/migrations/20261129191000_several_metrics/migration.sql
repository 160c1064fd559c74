-- The values of the metrics of a study that has several, in its order, if all are finite: a list of numbers. It costs other trials nothing.
ALTER TABLE "trial" ADD COLUMN "metric_values" JSONB;
