import { z } from 'zod';
import { valuesSchema } from '../../objectives/contract.ts';
import type { Page } from '../../shared/page.ts';
import type { StoredTraces, VerificationReads } from '../../studies/ports/verification-reads.ts';
import type { Connection } from '../database/database.ts';
import { latestAttempt } from './measurements.ts';
import { nextTrials } from './next-trials.ts';
import { nonCanonicalNumbers } from './non-canonical-numbers.ts';
import { pageOf } from './page-of.ts';

/** Reads for the verification of a study. */
export function verificationReads(connection: Connection): VerificationReads {
  return {
    storedTraces: (filter) => storedTraces(connection, filter),
    nonCanonicalNumbers: (studyId, atMost) => nonCanonicalNumbers(connection, studyId, atMost),
  };
}

const rowsSchema = z.array(
  z.object({
    number: z.int(),
    score: z.number().nullable(),
    violation: z.number().nullable(),
    step: z.int().nullable(),
    report: z.unknown(),
    result: z.unknown(),
    digest: z.string().nullable(),
    differing: z.int().nullable(),
    missing: z.boolean().nullable(),
  }),
);

/**
 * One range of `trial (study_id, number)`, with a probe of the primary keys of `measurement` and `step_result` beside each. A step
 * that the training has no result for differs as well. Imported trials have no reports.
 */
async function storedTraces(
  connection: Connection,
  { studyId, limit, after }: Parameters<VerificationReads['storedTraces']>[0],
): Promise<Page<StoredTraces>> {
  const rows = await nextTrials({ most: limit + 1, after }, async ({ gt, lte }) =>
    rowsSchema.parse(
      await connection.$queryRaw`
        SELECT trial.number, trial.score, trial.violation, trial.result_key AS digest, last.step, last.values AS report, result.values AS result,
          other.step AS differing, other.missing
        FROM trial
          LEFT JOIN LATERAL (
            SELECT step, values FROM measurement WHERE measurement.trial_id = trial.id AND measurement.attempt = ${latestAttempt} ORDER BY step DESC LIMIT 1
          ) AS last ON true
          LEFT JOIN step_result AS result ON result.result_key = trial.result_key AND result.step = last.step
          LEFT JOIN LATERAL (
            SELECT report.step, known.step IS NULL AS missing
            FROM measurement AS report
              LEFT JOIN step_result AS known ON known.result_key = trial.result_key AND known.step = report.step
            WHERE report.trial_id = trial.id AND report.attempt = ${latestAttempt}
              AND (report.values IS DISTINCT FROM known.values
                OR trial.state = 'completed' AND known.diverged <> (trial.diverged AND report.step = last.step))
            ORDER BY report.step
            LIMIT 1
          ) AS other ON true
        WHERE trial.study_id = ${studyId}::uuid AND trial.number BETWEEN ${gt + 1}::int AND ${lte}::int
        ORDER BY trial.number
        LIMIT ${limit + 1}::int`,
    ),
  );
  return pageOf(rows, limit, tracesFromRow, ({ number }) => String(number));
}

function tracesFromRow({
  number,
  score,
  violation,
  step,
  report,
  result,
  digest,
  differing,
  missing,
}: z.output<typeof rowsSchema>[number]): StoredTraces {
  return {
    number,
    score,
    violation,
    lastReport: step === null ? null : { step, values: valuesSchema.parse(report) },
    lastResult: result === null ? null : valuesSchema.parse(result),
    resultKey: digest,
    differingStep: differing === null ? null : { step: differing, missing: missing === true },
  };
}
