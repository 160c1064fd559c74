import type { ResolvedSpec } from '../studies/definition/definition.ts';
import { type Difference, differing, shown } from '../studies/verification/difference.ts';
import type { Findings } from '../studies/verification/findings.ts';
import type { Campaign } from './campaign.ts';
import type { PartView } from './part-view.ts';
import type { PlannedPart } from './parts.ts';
import { type CampaignPlan, planCampaign } from './plan.ts';

/** A part as the check of the steps looks at it. */
export interface StepPart extends Pick<PartView, 'kind' | 'name'> {
  readonly spec: ResolvedSpec;
  /** True if an event log has the digest of its definition. */
  readonly isLogged: boolean;
  /** null if it cannot be read, as the verification of the part reports. */
  readonly view: PartView | null;
}

type CheckedCampaign = Pick<Campaign, 'spec' | 'state' | 'outcome'>;

/** Makes the steps of a campaign again, each from the parts that there were before it. */
export function checkSteps(campaign: CheckedCampaign, parts: readonly StepPart[], findings: Findings): void {
  const views: PartView[] = [];
  const left = new Map(parts.map((part) => [part.name, part]));
  for (;;) {
    const plan = planOf(campaign, views);
    if ('where' in plan) {
      findings.add(plan);
      return;
    }
    const stored = plan.insert.flatMap(({ name }) => left.get(name) ?? []);
    if (stored.length === 0) {
      findings.add(...[...left.values()].map(surplusPart), ...endDifferences(campaign, plan));
      return;
    }
    for (const planned of plan.insert) {
      findings.add(...partDifferences(planned, left.get(planned.name), findings));
      left.delete(planned.name);
    }
    for (const { view } of stored) {
      if (!view) return;
      views.push(view);
    }
  }
}

/** The next step, or the difference that prevents its computation: parts that no campaign has. */
function planOf({ spec }: CheckedCampaign, parts: readonly PartView[]): CampaignPlan | Difference {
  try {
    return planCampaign({ spec, parts });
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return {
      where: 'campaign/spec',
      expected: 'a definition from which the next parts follow',
      found: 'another one',
      detail: error.message,
    };
  }
}

/** Parts of one step are created together: if one exists, all exist. */
function partDifferences(planned: PlannedPart, stored: StepPart | undefined, findings: Findings): Difference[] {
  const where = `parts/${planned.name}`;
  if (!stored) return [{ where, expected: planned.kind, found: shown(undefined), detail: 'the parts of one step are created together' }];
  const kind = differing(`${where}/kind`, planned.kind, stored.kind, 'it follows from the definition of the campaign');
  const spec = differing(
    `${where}/study/spec`,
    planned.spec,
    stored.spec,
    'it follows from the definition of the campaign and the results of the parts before',
  );
  const isLogged = stored.isLogged && !findings.has(`${where}/study/spec`);
  if (spec.length === 0 || !isLogged) return [...kind, ...spec];
  // A search follows from the definition of the campaign alone: if the search's own log has its definition, the campaign's was
  // modified.
  if (planned.kind === 'search') return [...kind, ...spec.map((one) => ({ ...one, where: 'campaign/spec', detail: logged(planned.name) }))];
  return findings.has('campaign/spec') ? kind : [...kind, ...spec];
}

function logged(part: string): string {
  return `the definition of ${part} follows from it, and is what the log of ${part} says`;
}

function surplusPart({ name, kind }: StepPart): Difference {
  const detail = 'it does not follow from the definition of the campaign and the parts before it';
  return { where: `parts/${name}`, expected: shown(undefined), found: kind, detail };
}

/** Compares the end of a campaign that was not cancelled with the one that its parts give; while it is active the step may still be due. */
function endDifferences({ state, outcome }: CheckedCampaign, { end }: CampaignPlan): Difference[] {
  if (state !== 'completed' && state !== 'failed') return [];
  const detail = 'it follows from the parts';
  return [
    ...differing('campaign/state', end?.state ?? 'not ended', state, detail),
    ...differing('campaign/outcome', end?.outcome ?? null, outcome, detail),
  ];
}
