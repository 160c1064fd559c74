import type { NamedDefinition } from '../objectives/definitions.ts';
import { objectives } from '../objectives/table.ts';

/** Bodies of POST /v1/studies that work as they stand; a test sends each of them. */
export const studyExamples: readonly NamedDefinition[] = Object.values(objectives).flatMap(({ definitions }) => definitions.studyExamples);

/** Bodies of POST /v1/campaigns that work as they stand; a test sends each of them. */
export const campaignExamples: readonly NamedDefinition[] = Object.values(objectives).flatMap(
  ({ definitions }) => definitions.campaignExamples,
);
