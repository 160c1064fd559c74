import { distance } from 'fastest-levenshtein';

/** Words of other tools (Optuna, scikit-learn, Hyperopt, Ray Tune) and ours for the same thing, in the order of preference. */
const otherWords: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    algo: ['sampler'],
    algorithm: ['sampler'],
    concurrency: ['parallelism'],
    distribution: ['type', 'scale'],
    elitism: ['elites'],
    log: ['scale'],
    max: ['high'],
    maxconcurrenttrials: ['parallelism'],
    maxevals: ['trials'],
    min: ['low'],
    mode: ['direction', 'metrics'],
    mutationrate: ['probability', 'mutation'],
    neicandidates: ['candidates'],
    njobs: ['parallelism'],
    numsamples: ['trials'],
    nstartupjobs: ['startupTrials'],
    nworkers: ['parallelism'],
    options: ['choices'],
    parameters: ['searchSpace'],
    params: ['searchSpace'],
    popsize: ['population'],
    q: ['step'],
    randomstate: ['seed'],
    space: ['searchSpace'],
    strategy: ['sampler'],
    tags: ['labels'],
    timeout: ['timeoutSeconds', 'wallClockSeconds'],
    userattrs: ['labels'],
    values: ['choices'],
  }),
);

/**
 * Returns the known name that was probably meant: the same words in another style (`n_startup_trials` → `startupTrials`), the word that
 * another tool has for it, or the name with the fewest typing errors. null if none is near.
 */
export function nearestName(given: string, known: readonly string[]): string | null {
  const plain = plainName(given);
  const other = otherWords.get(plain)?.find((name) => known.includes(name));
  const same = known.find((name) => plainName(name) === plain);
  return same ?? other ?? sharedWords(given, known) ?? nearestSpelling(plain, known);
}

/** Text to append to a message about an unknown name: the one that was probably meant; empty if none is near. */
export function didYouMean(given: unknown, known: readonly string[]): string {
  const nearest = typeof given === 'string' ? nearestName(given, known) : null;
  return nearest === null ? '' : `: did you mean ${nearest}?`;
}

function plainName(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}

function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word.length > 1);
}

/** The name with the most words in common, where all words of one are among those of the other. */
function sharedWords(given: string, known: readonly string[]): string | null {
  const words = wordsOf(given);
  const candidates = known
    .map((name) => ({ name, own: wordsOf(name) }))
    .filter(({ own }) => own.length > 0 && (own.every((word) => words.includes(word)) || words.every((word) => own.includes(word))))
    .map(({ name, own }) => ({ name, common: own.filter((word) => words.includes(word)).length }))
    .filter(({ common }) => common > 0)
    .sort((one, next) => next.common - one.common);
  return candidates[0]?.name ?? null;
}

/** At most two of five letters may be wrong; letters in the wrong order count twice. */
function nearestSpelling(plain: string, known: readonly string[]): string | null {
  const ranked = known.map((name) => ({ name, errors: distance(plain, plainName(name)) })).sort((one, next) => one.errors - next.errors);
  const best = ranked[0];
  return best && best.errors <= Math.max(1, Math.floor(plain.length / 2.5)) ? best.name : null;
}
