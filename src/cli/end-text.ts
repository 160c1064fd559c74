import type { CampaignRepresentation } from '../api/campaign.ts';
import type { StudyRepresentation } from '../api/study.ts';
import { durationText } from './durations.ts';

type Ended = Pick<StudyRepresentation | CampaignRepresentation, 'state' | 'outcome' | 'createdAt' | 'endedAt'>;

/** How a study or a campaign ended, as a line of text. The time is the one since it was created, pauses included. */
export function endText(what: 'study' | 'campaign', { state, outcome, createdAt, endedAt }: Ended): string {
  if (state === 'completed') {
    const seconds = (Date.parse(endedAt ?? createdAt) - Date.parse(createdAt)) / 1000;
    return `Done in ${durationText(seconds)}: ${outcome?.detail}.\n`;
  }
  return `The ${what} ${state === 'failed' ? 'failed' : `was ${state}`}: ${outcome?.detail ?? 'no reason is known'}\n`;
}
