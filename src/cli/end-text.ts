import type { CampaignRepresentation } from '../api/campaign.ts';
import type { StudyRepresentation } from '../api/study.ts';
import { durationText } from './durations.ts';

type Ended = Pick<StudyRepresentation | CampaignRepresentation, 'state' | 'outcome' | 'createdAt' | 'endedAt'>;

/** Formats the outcome of a study or campaign in one line. The time counts from its creation, pauses included. */
export function endText(what: 'study' | 'campaign', { state, outcome, createdAt, endedAt }: Ended): string {
  if (state === 'completed') {
    const seconds = (Date.parse(endedAt ?? createdAt) - Date.parse(createdAt)) / 1000;
    return `Done in ${durationText(seconds)}: ${outcome?.detail}.\n`;
  }
  return `The ${what} ${state === 'failed' ? 'failed' : `was ${state}`}: ${outcome?.detail ?? 'no reason is known'}\n`;
}
