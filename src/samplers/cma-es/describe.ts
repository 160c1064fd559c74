import type { CmaEsOptions } from './options.ts';

/** Names the options in which searches differ. */
export function describeCmaEs({ population, sigma, restarts, learningRateAdaptation }: CmaEsOptions): string {
  return [
    `CMA-ES: σ ${sigma}`,
    ...(population === undefined ? [] : [`population ${population}`]),
    restarts ? 'restarts with growing population' : 'no restarts',
    ...(learningRateAdaptation ? ['adapted learning rate'] : []),
  ].join(', ');
}
