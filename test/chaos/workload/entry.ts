import type { CampaignRequest } from '../../../src/api/campaign-request.ts';
import type { StudyRequest } from '../../../src/api/study-request.ts';

/** Treatment of a study by its user during the run. */
export type Treatment =
  /** Left alone. */
  | 'none'
  /** Paused and resumed, several times. */
  | 'paused'
  /** Paused, exported, cancelled, and continued as an import. */
  | 'moved'
  /** Cancelled in the middle, and not compared. */
  | 'cancelled';

/** A study or a campaign of the workload. Names are unique. */
export type Entry =
  | {
      readonly kind: 'study';
      readonly definition: StudyRequest & { readonly name: string };
      readonly treatment: Treatment;
      /** True if another run gives the same bytes. An asynchronous study can only be replayed. */
      readonly repeatable: boolean;
    }
  | { readonly kind: 'campaign'; readonly definition: CampaignRequest & { readonly name: string }; readonly treatment: 'none' | 'paused' };
