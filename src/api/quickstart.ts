import { definitionsOf } from '../objectives/table.ts';
import { invariant } from '../shared/errors.ts';
import { type CampaignRequest, campaignRequestSchema } from './campaign-request.ts';

/** A campaign that the command `quickstart` offers. */
export interface Quickstart {
  /** The value of `--dataset`. */
  readonly name: string;
  /** Description of the campaign in one sentence. */
  readonly summary: string;
  /** The body of POST /v1/campaigns. An interrupted campaign is found by its name. */
  readonly campaign: CampaignRequest & { readonly name: string };
}

/** The quickstarts of all objectives, the default first. */
export const quickstarts: readonly Quickstart[] = definitionsOf('quickstarts').map(({ name, summary, definition }) => {
  invariant(isNamedRequest(definition), `the quickstart ${name} is a campaign with a name`);
  return { name, summary, campaign: definition };
});

function isNamedRequest(definition: unknown): definition is Quickstart['campaign'] {
  const checked = campaignRequestSchema.safeParse(definition);
  return checked.success && checked.data.name !== undefined;
}
