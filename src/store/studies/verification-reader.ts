import { z } from 'zod';
import type { Page } from '../../studies/ports/page.ts';
import type { StoredTraces, VerificationReads } from '../../studies/ports/verification-reads.ts';
import type { Connection } from '../database/database.ts';
import { unwrittenNumbers } from './non-canonical-numbers.ts';
import { pageOf } from './page-of.ts';
import { metricsSchema } from './rows.ts';

/** Reads for the verification of a study. */
export function verificationReads(connection: Connection): VerificationReads {
  return {
    storedTraces: (filter) => storedTraces(connection, filter),
    unwrittenNumbers: (studyId, atMost) => unwrittenNumbers(connection, studyId, atMost),
  };
}

const rowsSchema = z.array(
  z.object({
    number: z.int(),
    score: z.number().nullable(),
    epoch: z.int().nullable(),
    report: z.unknown(),
    result: z.unknown(),
    digest: z.string().nullable(),
    differing: z.int().nullable(),
    missing: z.boolean().nullable(),
  }),
);

/**
 * One range of `trial (study_id, number)`, with a probe of the primary keys of `epoch_report` and `epoch_result` beside each.
 * An epoch that a training is not known to have come to differs as well. Trials that were imported have no reports.
 */
async function storedTraces(
  connection: Connection,
  { studyId, limit, after = -1 }: Parameters<VerificationReads['storedTraces']>[0],
): Promise<Page<StoredTraces>> {
  const rows = await connection.$queryRaw`
    SELECT trial.number, trial.score, trial.epochs_digest AS digest, last.epoch, last.metrics AS report, result.metrics AS result,
      other.epoch AS differing, other.missing
    FROM trial
      LEFT JOIN LATERAL (
        SELECT epoch, metrics FROM epoch_report WHERE epoch_report.trial_id = trial.id ORDER BY epoch DESC LIMIT 1
      ) AS last ON true
      LEFT JOIN epoch_result AS result ON result.epochs_digest = trial.epochs_digest AND result.epoch = last.epoch
      LEFT JOIN LATERAL (
        SELECT report.epoch, known.epoch IS NULL AS missing
        FROM epoch_report AS report
          LEFT JOIN epoch_result AS known ON known.epochs_digest = trial.epochs_digest AND known.epoch = report.epoch
        WHERE report.trial_id = trial.id
          AND (report.metrics IS DISTINCT FROM known.metrics
            OR trial.state = 'completed' AND known.diverged <> (trial.diverged AND report.epoch = last.epoch))
        ORDER BY report.epoch
        LIMIT 1
      ) AS other ON true
    WHERE trial.study_id = ${studyId}::uuid AND trial.number > ${after}::int
    ORDER BY trial.number
    LIMIT ${limit + 1}::int`;
  return pageOf(rowsSchema.parse(rows), limit, tracesFromRow, ({ number }) => String(number));
}

function tracesFromRow({
  number,
  score,
  epoch,
  report,
  result,
  digest,
  differing,
  missing,
}: z.output<typeof rowsSchema>[number]): StoredTraces {
  return {
    number,
    score,
    lastReport: epoch === null ? null : { epoch, metrics: metricsSchema.parse(report) },
    lastResult: result === null ? null : metricsSchema.parse(result),
    epochsDigest: digest,
    differingEpoch: differing === null ? null : { epoch: differing, missing: missing === true },
  };
}
