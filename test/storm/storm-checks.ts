import type { StudyRepresentation } from '../../src/api/study.ts';
import type { TrialRepresentation } from '../../src/api/trial.ts';
import { eventually } from '../support/eventually.ts';
import { bodyOf, type Call } from './patient-calls.ts';
import type { Delivery, StormTally } from './storm-tally.ts';

/** Time in which a study ends after the last worker has left. */
const endSeconds = 30;

/** Checks a study after a storm. @returns its export, and every difference from what must be */
export async function checkStudy(
  { call, tally, studyId }: { readonly call: Call; readonly tally: StormTally; readonly studyId: string },
  expected: number,
): Promise<{ text: string; differences: string[] }> {
  const path = `/v1/studies/${studyId}`;
  const read = async (): Promise<StudyRepresentation> => bodyOf(await call('GET', path));
  const ended = async (): Promise<boolean> => (await read()).endedAt !== null;
  const inTime = await eventually(ended, { until: 'the study has ended', seconds: endSeconds }).catch(() => false);
  const study = await read();
  const differences = [...tally.faults];
  if (!inTime) differences.push(`the study did not end within ${endSeconds} s: ${JSON.stringify(study.trials)}`);
  if (study.state !== 'completed' || study.outcome?.reason !== 'budget')
    differences.push(`the study is ${study.state}: ${JSON.stringify(study.outcome)}`);
  differences.push(...trialDifferences(await trialsOf(call, path), tally.accepted, expected));
  const verified = bodyOf<{ verified: boolean; differences: unknown[] }>(await call('POST', `${path}/verify`));
  if (!verified.verified) differences.push(`verify: ${JSON.stringify(verified)}`);
  const text = (await call('GET', `${path}/export?provenance=false`)).text;
  differences.push(...(await importDifferences(call, text)));
  return { text, differences };
}

async function trialsOf(call: Call, path: string): Promise<TrialRepresentation[]> {
  const trials: TrialRepresentation[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page: { items: TrialRepresentation[]; nextCursor: string | null } = bodyOf(
      await call('GET', `${path}/trials?limit=200${cursor && `&cursor=${encodeURIComponent(cursor)}`}`),
    );
    trials.push(...page.items);
    cursor = page.nextCursor;
  }
  return trials.toSorted((one, other) => one.number - other.number);
}

/** Each number is there once, completed, with the value of the one delivery that was answered 200. */
function trialDifferences(trials: readonly TrialRepresentation[], accepted: readonly Delivery[], expected: number): string[] {
  const differences: string[] = [];
  if (trials.length !== expected) differences.push(`there are ${trials.length} trials, not ${expected}`);
  const deliveries = new Map<string, Delivery[]>();
  for (const delivery of accepted) deliveries.set(delivery.trial, [...(deliveries.get(delivery.trial) ?? []), delivery]);
  trials.forEach((trial, index) => {
    const own = deliveries.get(trial.id) ?? [];
    deliveries.delete(trial.id);
    const [delivery] = own;
    const is = `trial ${index} is number ${trial.number}, ${trial.state} with ${trial.value}`;
    if (trial.number !== index || trial.state !== 'completed') differences.push(is);
    if (own.length !== 1) differences.push(`${is}; ${own.length} deliveries were answered 200`);
    if (delivery && delivery.value !== trial.value) differences.push(`${is}; ${delivery.value} was answered 200`);
  });
  for (const id of deliveries.keys()) differences.push(`a result of ${id}, which the study does not have, was answered 200`);
  return differences;
}

/** An import makes the same study: its export has the same bytes. */
async function importDifferences(call: Call, text: string): Promise<string[]> {
  const answer = await call('POST', '/v1/studies/import', { document: JSON.parse(text) });
  if (answer.status !== 201) return [`the import was answered ${answer.status}: ${answer.text}`];
  const { id } = bodyOf<StudyRepresentation>(answer);
  const copy = (await call('GET', `/v1/studies/${id}/export?provenance=false`)).text;
  return copy === text ? [] : ['the export of the import is another one'];
}
