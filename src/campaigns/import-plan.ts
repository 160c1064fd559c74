import { z } from 'zod';
import type { Json } from '../shared/digest.ts';
import { DomainError, type Violation } from '../shared/errors.ts';
import { endViolations } from '../studies/document/end-violations.ts';
import { type ImportPlan, planImport } from '../studies/document/import-plan.ts';
import { invalidDocument } from '../studies/document/violations.ts';
import type { Planner } from '../studies/ports/planner.ts';
import { type Difference, differing, shown } from '../studies/verification/difference.ts';
import { newFindings } from '../studies/verification/findings.ts';
import type { Campaign, CampaignOutcome, PartKind } from './campaign.ts';
import type { CampaignDocument, CampaignImport } from './document.ts';
import { exportedStandings, withoutRunning } from './export.ts';
import { leadersOf, nearestToLimits, trialsOf } from './imported-trials.ts';
import { readPartView } from './part-view.ts';
import { storedCampaignViolations } from './resolve.ts';
import { standingsFrom } from './standings.ts';
import { checkSteps, type StepPart } from './step-check.ts';

/** A part to be stored with its results. */
export interface ImportedPart {
  readonly kind: PartKind;
  readonly name: string;
  readonly study: ImportPlan;
}

/** A campaign to be stored with its parts. */
export interface CampaignImportPlan extends Pick<Campaign, 'spec' | 'state' | 'outcome'> {
  /** In the order of the document. */
  readonly parts: readonly ImportedPart[];
}

/**
 * Decides what an import of a campaign stores. Every part is planned as an import of its own; then the campaign's steps are made again
 * from the parts, and its winner and finalists. Only results are taken on trust.
 *
 * @param planner makes the suggestions of slow samplers again
 * @throws DomainError `invalid-document` that lists every violation; pointers are into the request
 */
export async function planCampaignImport({ document, sent }: CampaignImport, planner: Planner): Promise<CampaignImportPlan> {
  const { spec, state, outcome } = document;
  const violations = [...definitionViolations(document), ...outcomeViolations(document), ...nameViolations(document)];
  const parts: ImportedPart[] = [];
  for (const [index, { kind, name, study }] of document.parts.entries()) {
    try {
      parts.push({ kind, name, study: await planImport({ document: study, sent: sentPart(sent, index) }, planner) });
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== 'invalid-document') throw error;
      violations.push(...error.violations.map((violation) => inPart(violation, index)));
    }
  }
  if (violations.length > 0) throw invalidDocument(violations);
  const steps = await stepViolations(document, parts);
  if (steps.length > 0) throw invalidDocument(steps);
  const standings = await standingViolations(document, parts);
  if (standings.length > 0) throw invalidDocument(standings);
  return { spec, state, outcome, parts };
}

const sentSchema = z.object({ parts: z.array(z.object({ study: z.custom<Json>() })) });

/** The export of a part as it was sent. */
function sentPart(sent: Json, index: number): Json | undefined {
  return sentSchema.parse(sent).parts[index]?.study;
}

function inPart({ pointer, detail }: Violation, index: number): Violation {
  return { pointer: pointer.replace(/^\/document/, `/document/parts/${index}/study`), detail };
}

function definitionViolations({ spec }: CampaignDocument): Violation[] {
  return storedCampaignViolations(spec).map(({ pointer, detail }) => ({ pointer: `/document/spec${pointer}`, detail }));
}

/** The state in which a campaign is after each end. */
const endStates: Readonly<Record<CampaignOutcome['reason'], readonly CampaignDocument['state'][]>> = {
  done: ['completed'],
  'no-finalists': ['failed'],
  'evaluation-failed': ['failed'],
  cancelled: ['cancelled'],
};

function outcomeViolations(document: CampaignDocument): Violation[] {
  return endViolations('campaign', document, endStates).map(({ pointer, detail }) => ({ pointer: `/document${pointer}`, detail }));
}

function nameViolations({ parts }: CampaignDocument): Violation[] {
  return parts.flatMap(({ name }, index) =>
    parts.findIndex((part) => part.name === name) < index
      ? [{ pointer: `/document/parts/${index}/name`, detail: `a part named ${name} is already listed` }]
      : [],
  );
}

async function stepViolations(document: CampaignDocument, parts: readonly ImportedPart[]): Promise<Violation[]> {
  const findings = newFindings();
  const stepParts: StepPart[] = [];
  for (const { kind, name, study } of parts) {
    const view = await readPartView(
      document.spec,
      { kind, name, state: study.state },
      {
        leaders: async (limit) => leadersOf(study, limit),
        nearestToLimits: async (rule) => nearestToLimits(study, rule),
      },
    );
    stepParts.push({ kind, name, spec: study.spec, isLogged: false, view });
  }
  checkSteps(document, stepParts, findings);
  return findings.differences.map((difference) => violationOf(document, difference));
}

/** Turns a difference into a violation: differences name parts, pointers have their index. */
function violationOf({ parts }: CampaignDocument, difference: Difference): Violation {
  const [list, name = '', ...rest] = difference.where.split('/');
  if (list === 'campaign') return { pointer: `/document/${[name, ...rest].join('/')}`, detail: detailOf(difference) };
  const index = parts.findIndex((part) => part.name === name);
  if (index < 0)
    return { pointer: '/document/parts', detail: `must have a part ${name} of the kind ${difference.expected}: ${difference.detail}` };
  return { pointer: ['/document/parts', index, ...rest].join('/'), detail: detailOf(difference) };
}

/** The text of a value that is not there. */
const nothing = shown(undefined);

function detailOf({ expected, found, detail }: Difference): string {
  return expected === nothing ? `must not be there, got ${found}: ${detail}` : `must be ${expected}, got ${found}: ${detail}`;
}

async function standingViolations({ spec, winner, finalists }: CampaignDocument, parts: readonly ImportedPart[]): Promise<Violation[]> {
  const expected = exportedStandings(
    await standingsFrom(spec, parts, {
      leaders: async ({ study }, limit) => leadersOf(study, limit),
      measured: async ({ study }, limit) => {
        const { trials, evaluations } = trialsOf(study);
        return { objectiveSeed: study.spec.objectiveSeed, trials: trials.slice(0, limit), evaluations };
      },
    }),
  );
  const detail = 'it follows from the results of the parts';
  const places = Array.from({ length: Math.max(finalists.length, expected.finalists.length) }, (_, index) => index);
  const differences = [
    ...differing('/winner', expected.winner, winner, detail),
    ...places.flatMap((index) => differing(`/finalists/${index}`, expected.finalists[index], current(finalists[index]), detail)),
  ];
  return differences.map((difference) => {
    const isMissing = difference.found === nothing && difference.where !== '/winner';
    if (!isMissing) return { pointer: `/document${difference.where}`, detail: detailOf(difference) };
    return { pointer: '/document/finalists', detail: `must have one more finalist, ${difference.expected}: ${detail}` };
  });
}

/** A finalist as this version exports it: version 0.1.0 named its values otherwise, and told running trials from queued ones. */
function current(finalist: CampaignDocument['finalists'][number] | undefined): object | undefined {
  if (finalist === undefined) return undefined;
  const { metrics, values = metrics, value } = finalist.validation;
  return {
    ...finalist,
    validation: { values, value },
    repeats: finalist.repeats.map((repeat) => ({ ...repeat, state: withoutRunning(repeat.state) })),
  };
}
