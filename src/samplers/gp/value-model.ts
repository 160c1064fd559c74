import type { Point } from './dimensions.ts';
import { Ensemble, membersOf } from './ensemble.ts';
import { type Evidence, gatherEvidence, thinned } from './evidence.ts';
import { Feasibility } from './feasibility.ts';
import { fitHyperparameters } from './fit.ts';
import { Limits } from './limits.ts';
import { localModel } from './local-model.ts';
import { leastValues, type Model, type ModelInputs } from './model.ts';
import { widthAfter } from './trust-region.ts';

/** The model of one metric: two processes, judged by their mean expected improvement. null if too few trials have a value. */
export function valueModel({ problem, settings, request, geometry, layout }: ModelInputs): Model | null {
  const evidence = gatherEvidence(problem.direction, geometry, request, settings.mostModelled);
  if (evidence.measured.length < leastValues) return null;
  const { local, longFit } = settings;
  const fit = evidence.measured.length >= longFit.from ? longFit : settings.fit;
  const fitted = fitHyperparameters(layout, thinned(evidence, settings.mostFitted), fit);
  const members = membersOf(layout, fitted, evidence);
  const [first] = members;
  const feasibility = first && evidence.failed.length > 0 ? new Feasibility(first.posterior.kernel, evidence) : null;
  const limits = evidence.limited && new Limits(layout, evidence.limited, fit);
  const chances = [...(feasibility ? [feasibility] : []), ...(limits ? [limits] : [])];
  const ensemble = new Ensemble(members, chances);
  return {
    acquisition: ensemble,
    thetas: fitted.map(({ theta }) => theta),
    best: bestFirst(ensemble, evidence),
    tried: evidence.tried,
    widthOfBox: (region) => widthAfter(problem.direction, request.history, region),
    localModel: (centre, shape) =>
      local && evidence.measured.length >= local.from
        ? localModel({ geometry, evidence, chances, settings: local, fit: longFit }, centre, shape)
        : null,
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
