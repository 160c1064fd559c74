import { definitionsOf } from '../objectives/table.ts';

/** Bodies of POST /v1/studies that work as they stand; a test sends each of them. */
export const studyExamples = definitionsOf('studyExamples');

/** Bodies of POST /v1/campaigns that work as they stand; a test sends each of them. */
export const campaignExamples = definitionsOf('campaignExamples');
