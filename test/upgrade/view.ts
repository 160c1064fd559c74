// What the fixtures and the answers of today are compared by. Where this version renames a word or a field that 0.1.0 wrote, this file says so, once.

/** Words of 0.1.0 by the kind of word, with today's word. Those that are not listed are the same. */
const words: Readonly<Record<'schedule' | 'source' | 'event' | 'reason' | 'error', Readonly<Record<string, string>>>> = {
  schedule: { strict: 'deterministic', asap: 'asynchronous' },
  source: { memo: 'reused', prefix: 'reused' },
  event: {},
  reason: {},
  error: {},
};

/** Today's word for one of 0.1.0. A word of today stays what it is. */
export function today(kind: keyof typeof words, word: string): string {
  return words[kind][word] ?? word;
}

/** What a definition of 0.1.0 says otherwise than one of today: it has a `metric`, and `evaluateOnTest`. */
interface Definition {
  readonly schedule?: string;
  readonly metric?: object;
  readonly metrics?: readonly object[];
  readonly evaluateOnTest?: boolean;
  readonly evaluate?: boolean;
  readonly objective?: object;
}

/** The parts of an export, of 0.1.0 or of today, that are compared. */
export interface StudyDocument {
  readonly spec: Readonly<Record<string, unknown>> & Definition;
  readonly state: string;
  readonly outcome: { readonly reason: string; readonly lastTrial: number | null } | null;
  readonly trials: readonly ExportedTrial[];
  readonly unfinished?: readonly ExportedTrial[];
  readonly checkpoints: readonly { sequence: number; generation: number | null; trials: number; digest: string }[];
}

interface ExportedTrial {
  readonly number: number;
  readonly generation: number | null;
  readonly parameters: object;
  readonly origin: object;
  readonly seen?: object;
  readonly state?: string;
  readonly value?: number | null;
  /** In 0.1.0. */
  readonly metrics?: object | null;
  readonly values?: object | null;
  readonly diverged?: boolean;
  readonly evaluation?: object;
  readonly error?: { readonly code: string } | null;
}

interface Finalist {
  readonly repeats: readonly { readonly state: string }[];
  readonly validation: { readonly value: number; readonly metrics?: object; readonly values?: object };
}

export interface CampaignDocument {
  readonly state: string;
  readonly outcome: { readonly reason: string } | null;
  readonly parts: readonly { kind: string; name: string; study: StudyDocument }[];
  readonly winner: object | null;
  readonly finalists: readonly Finalist[];
}

/** Keys of a definition that no version may read otherwise. */
const definitionKeys = ['seed', 'objectiveSeed', 'lineage', 'searchSpace', 'budget', 'sampler', 'parallelism', 'retries'];

/** An export as it was written, but for its provenance, which names the version that wrote it. Studies of 0.1.0 are exported in its format. */
export function asWritten({ provenance: _, ...document }: StudyDocument & { readonly provenance?: object }): object {
  return document;
}

/** What an export says, in today's words. */
export function viewOfStudy({ spec, state, outcome, trials, unfinished = [], checkpoints }: StudyDocument) {
  return {
    definition: Object.fromEntries(definitionKeys.map((key) => [key, spec[key]])),
    metrics: spec.metrics ?? [spec.metric],
    evaluate: spec.evaluate ?? spec.evaluateOnTest ?? false,
    schedule: today('schedule', spec.schedule ?? 'strict'),
    state,
    outcome: outcome && { reason: today('reason', outcome.reason), lastTrial: outcome.lastTrial },
    trials: trials.map(viewOfTrial),
    unfinished: unfinished.map(viewOfTrial),
    checkpoints: checkpoints.map(({ sequence, generation, trials: counted, digest }) => ({
      sequence,
      generation,
      trials: counted,
      digest,
    })),
  };
}

function viewOfTrial(trial: ExportedTrial) {
  const { number, generation, parameters, origin, seen, state, value, values = trial.metrics, diverged, evaluation, error } = trial;
  const suggestion = { number, generation, parameters, origin, seen };
  return { ...suggestion, state, value, values, diverged, evaluation, error: error && today('error', error.code) };
}

export function viewOfCampaign({ state, outcome, parts, winner, finalists }: CampaignDocument) {
  return {
    state,
    reason: outcome && today('reason', outcome.reason),
    parts: parts.map(({ kind, name, study }) => ({ kind, name, study: viewOfStudy(study) })),
    winner,
    finalists: finalists.map(viewOfFinalist),
  };
}

/** An export of 0.1.0 told trials that ran at the moment from queued ones. */
function viewOfFinalist({ validation, repeats, ...rest }: Finalist) {
  const { value, values = validation.metrics } = validation;
  const shown = repeats.map((repeat) => ({ ...repeat, state: repeat.state === 'running' ? 'queued' : repeat.state }));
  return { ...rest, validation: { value, values }, repeats: shown };
}

/** A trial of the API: what is measured on the way, by step. */
interface TrialAnswer {
  readonly measurements: readonly { step: number; values: { accuracy: number } }[];
}

export function measurementsOf({ measurements }: TrialAnswer): { step: number; accuracy: number }[] {
  return measurements.map(({ step, values }) => ({ step, accuracy: values.accuracy }));
}
