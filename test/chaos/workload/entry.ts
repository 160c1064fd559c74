import type { CampaignRequest } from '../../../src/api/campaign-request.ts';
import type { StudyRequest } from '../../../src/api/study-request.ts';

/** What is done to a study while the others die around it. */
export type Treatment =
  /** Left alone. */
  | 'none'
  /** Paused and resumed, several times. */
  | 'paused'
  /** Paused, exported, cancelled, and continued as an import. */
  | 'moved'
  /** Cancelled in the middle: compared with nothing. */
  | 'cancelled';

/** A study or a campaign of the workload. Names are unique. */
export type Entry =
  | {
      readonly kind: 'study';
      readonly definition: StudyRequest & { readonly name: string };
      readonly treatment: Treatment;
      /** Whether another run gives the same bytes; one that is scheduled as it comes can be replayed only. */
      readonly repeatable: boolean;
    }
  | { readonly kind: 'campaign'; readonly definition: CampaignRequest & { readonly name: string }; readonly treatment: 'none' | 'paused' };
