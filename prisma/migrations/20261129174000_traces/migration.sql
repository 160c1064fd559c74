-- The place in a trace under which the work of a study is shown: the header traceparent of the request that created it.
ALTER TABLE "study" ADD COLUMN "trace" TEXT;
