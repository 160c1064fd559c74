import type { Point } from './dimensions.ts';
import { Ensemble, memberOf } from './ensemble.ts';
import { type Evidence, gatherEvidence, thinned } from './evidence.ts';
import { Feasibility } from './feasibility.ts';
import { fitHyperparameters } from './fit.ts';
import { Limits } from './limits.ts';
import { leastValues, type Model, type ModelInputs } from './model.ts';
import { Posterior } from './posterior.ts';
import { widthAfter } from './trust-region.ts';

/** The model of one metric: two processes, judged by their mean expected improvement. null if too few trials have a value. */
export function valueModel({ problem, settings, request, geometry, layout }: ModelInputs): Model | null {
  const evidence = gatherEvidence(problem.direction, geometry, request, settings.mostModelled);
  if (evidence.measured.length < leastValues) return null;
  const fitted = fitHyperparameters(layout, thinned(evidence, settings.mostFitted), settings.fitSteps);
  const members = fitted.map(({ theta, transform }) => {
    const outputs = transform(evidence.values);
    return memberOf(new Posterior(layout, theta, evidence.points, outputs), evidence, outputs);
  });
  const [first] = members;
  const feasibility = first && evidence.failed.length > 0 ? new Feasibility(first.posterior.kernel, evidence) : null;
  const limits = evidence.limited && new Limits(layout, evidence.limited, settings.fitSteps);
  const ensemble = new Ensemble(members, [...(feasibility ? [feasibility] : []), ...(limits ? [limits] : [])]);
  return {
    acquisition: ensemble,
    thetas: fitted.map(({ theta }) => theta),
    best: bestFirst(ensemble, evidence),
    tried: evidence.tried,
    widthOfBox: (region) => widthAfter(problem.direction, request.history, region),
  };
}

/** Points beyond no limit by what the models say of them: a lucky value at a noisy one is no reason to look around it. */
function bestFirst(ensemble: Ensemble, { points: all, beyond }: Evidence): Point[] {
  const points = beyond.size === 0 ? all : all.filter((point) => !beyond.has(point));
  const means = ensemble.means(points);
  return points
    .map((point, index) => ({ point, mean: means[index] as number }))
    .sort((one, two) => one.mean - two.mean)
    .map(({ point }) => point);
}
