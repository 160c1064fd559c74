/** Settings of a service that programs of other machines reach. */
export interface Exposure {
  /** Requests a minute that the process answers to a key, or to an address without one; 0: any number. */
  readonly requestsPerMinute: number;
  /** Addresses and ranges of the proxies whose headers about clients are believed. */
  readonly trustedProxies: readonly string[];
  /** Origin under which clients reach the service, without a trailing slash; null: that of each request. */
  readonly publicUrl: string | null;
  /** Origins whose pages may call the API. */
  readonly corsOrigins: readonly string[];
}

/** Wrong keys that an address may send in a minute. Then its keys are refused unread, unless they are known to be right: nobody can try many. */
export const wrongKeysPerMinute = 300;

/** The settings of a service that has none of its own. */
export const defaultExposure: Exposure = {
  // Five thousand a second: more than one process answers to workers that do nothing but ask and complete, of which ours reach 2,000.
  requestsPerMinute: 300_000,
  trustedProxies: [],
  publicUrl: null,
  corsOrigins: [],
};
