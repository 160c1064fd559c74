import { definitionsOf } from '../objectives/table.ts';

/** Complete bodies for POST /v1/studies. A test sends each of them. */
export const studyExamples = definitionsOf('studyExamples');

/** Complete bodies for POST /v1/campaigns. A test sends each of them. */
export const campaignExamples = definitionsOf('campaignExamples');
