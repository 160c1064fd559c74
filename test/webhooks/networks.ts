import { type Network, networkOf } from '../../src/webhooks/networks.ts';

/** Reads networks that a test allows. */
export function networks(...texts: readonly string[]): Network[] {
  return texts.map((text) => {
    const network = networkOf(text);
    if (network === null) throw new Error(`${text} is no network`);
    return network;
  });
}
