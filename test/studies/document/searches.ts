import { digestOf } from '../../../src/shared/digest.ts';
import { type RandomStream, randomStream } from '../../../src/shared/random.ts';
import { advanceStudy } from '../../../src/studies/actions/advance.ts';
import { backgroundPlanning } from '../../../src/studies/actions/background-planning.ts';
import { createStudy } from '../../../src/studies/actions/create.ts';
import { importStudy } from '../../../src/studies/actions/import.ts';
import { metricOf, type StudySpec, studySpecSchema } from '../../../src/studies/definition/definition.ts';
import { type StudyDocument, studyDocumentSchema } from '../../../src/studies/document/document.ts';
import type { StudyImport } from '../../../src/studies/document/request.ts';
import type { Study } from '../../../src/studies/model/study.ts';
import type { Planner } from '../../../src/studies/ports/planner.ts';
import { inProcessPlanner } from '../../../src/studies/search/suggest.ts';
import { type FakeTraining, type MemoryStore, memoryStore } from '../../campaigns/memory-store.ts';
import { exportStudy } from '../../support/exported.ts';

/** Few candidates: the promises are about results, not about how good suggestions are. */
const tpe = { type: 'tpe', startupTrials: 5, candidates: 8 };
const genetic = { type: 'genetic', population: 6, elites: 2 };
const points = Array.from({ length: 11 }, (_, index) => ({
  learningRate: (5 * (index + 1)) / 10_000,
  hiddenUnits: 1 + ((index * 7) % 63),
}));

/** A search of every kind, each with every kind of end among them. */
export const searches: Readonly<Record<string, object>> = {
  random: { sampler: { type: 'random' }, budget: { trials: 30 } },
  'random with a target': { sampler: { type: 'random' }, budget: { trials: 90, targetValue: 0.97 } },
  'a grid to its end': { sampler: { type: 'grid', axes: { learningRate: { points: 4 }, hiddenUnits: { points: 6 } } } },
  'a list cut short': { sampler: { type: 'list', points }, budget: { trials: 7 } },
  'a list to its end': { sampler: { type: 'list', points } },
  tpe: { sampler: tpe, budget: { trials: 25 } },
  'tpe with a target': { sampler: tpe, budget: { trials: 45, targetValue: 0.95 } },
  'tpe, asynchronous': { sampler: tpe, budget: { trials: 25 }, schedule: 'asynchronous' },
  gp: { sampler: { type: 'gp', startupTrials: 5 }, budget: { trials: 10 } },
  'gp, asynchronous': { sampler: { type: 'gp', startupTrials: 5 }, budget: { trials: 10 }, schedule: 'asynchronous' },
  'tpe with a limit': { sampler: tpe, budget: { trials: 25 }, constraints: [{ metric: 'value', min: 0.1, max: 0.7 }] },
  'gp with a limit': { sampler: { type: 'gp', startupTrials: 5 }, budget: { trials: 9 }, constraints: [{ metric: 'value', max: 0.7 }] },
  'genetic with a limit': { sampler: genetic, budget: { generations: 4 }, constraints: [{ metric: 'value', max: 0.7 }] },
  'genetic I': { sampler: { ...genetic, elites: 1, selectionExponent: 4 }, budget: { generations: 5 } },
  'genetic II': { sampler: { ...genetic, elites: 3, selectionExponent: 4 }, budget: { generations: 5 } },
  'genetic III': { sampler: { ...genetic, elites: 3, selectionExponent: 2 }, budget: { generations: 5 } },
  'genetic, cut within a generation': { sampler: genetic, budget: { trials: 17, generations: 50 } },
  swarm: { sampler: { type: 'swarm', particles: 6 }, budget: { generations: 5 } },
  'swarm, cut within a generation': {
    sampler: { type: 'swarm', particles: 7, movement: { kind: 'constriction' } },
    budget: { trials: 17 },
  },
  'cma-es': { sampler: { type: 'cma-es' }, budget: { generations: 5 } },
  'cma-es, cut within a generation': { sampler: { type: 'cma-es', learningRateAdaptation: true }, budget: { trials: 27 } },
  'genetic with real genomes': { sampler: { ...genetic, variation: 'real', selection: 'tournament' }, budget: { generations: 5 } },
  nsga2: { sampler: { type: 'nsga2', population: 6 }, budget: { generations: 4 } },
  'nsga2, cut within a generation': { sampler: { type: 'nsga2', population: 6 }, budget: { trials: 17, generations: 50 } },
  'successive halving': {
    sampler: { type: 'successive-halving', fidelity: 'hiddenUnits', configurations: 9, proposer: tpe },
    budget: { generations: 2 },
  },
  hyperband: {
    sampler: { type: 'hyperband', fidelity: 'hiddenUnits', reductionFactor: 4, proposer: { type: 'random' } },
    budget: { generations: 3 },
  },
  pbt: { sampler: { type: 'pbt', population: 5, fidelity: 'hiddenUnits', interval: 16, share: 0.4 }, budget: { generations: 3 } },
  'pbt, cut within a round': { sampler: { type: 'pbt', population: 5, fidelity: 'hiddenUnits', interval: 16 }, budget: { trials: 12 } },
  'genetic with a target': { sampler: genetic, metrics: [{ name: 'value' }], budget: { generations: 30, targetValue: 0.03 } },
};

/** What training a trial brings, from its parameters alone: values (some alike), none, or a failure. */
export const training: FakeTraining = ({ parameters }, { spec }) => {
  const hash = Number.parseInt(digestOf(parameters).slice(0, 8), 16);
  if (hash % 9 === 0) return null;
  const value = (hash % 100) / 100;
  return { values: { [metricOf(spec).name]: hash % 7 === 0 ? null : value }, evaluation: null };
};

/** A study in a store. */
type StoredStudy = Pick<Searched, 'store' | 'id'>;

/** A study in a store of its own. */
export interface Searched {
  readonly store: MemoryStore;
  readonly id: string;
  /** Resolves once no suggestion of a slow sampler is due. */
  readonly planned: () => Promise<void>;
}

/** A definition around what a test is about. */
export function specFor(fields: object): StudySpec {
  return studySpecSchema.parse({
    name: 'searched',
    searchSpace: [
      { type: 'float', name: 'learningRate', low: 0.0005, high: 0.0205, step: 0.0005 },
      { type: 'int', name: 'hiddenUnits', low: 1, high: 63 },
    ],
    metrics: [{ name: 'value', direction: 'maximize' }],
    objective: { type: 'test-function', function: 'lstm-landscape' },
    parallelism: 4,
    ...fields,
  });
}

export async function begin(fields: object): Promise<Searched> {
  const { store, planned } = planningStore();
  const id = await createStudy(store, specFor(fields), 1);
  await planned();
  return { store, id, planned };
}

/** A store of its own, whose suggestions of slow samplers are planned in this process. */
function planningStore(): Omit<Searched, 'id'> {
  const faults: unknown[] = [];
  const planning = backgroundPlanning({
    transactions: { transaction: (work) => store.transaction(work) },
    planner: inProcessPlanner,
    onFault: (error) => faults.push(error),
  });
  const store = memoryStore((studyId) => planning.due(studyId));
  const planned = async (): Promise<void> => {
    await planning.idle();
    if (faults.length > 0) throw new AggregateError(faults, 'suggestions could not be planned');
  };
  return { store, planned };
}

export async function studyOf({ store, id }: StoredStudy): Promise<Study> {
  const study = await store.reader.study(id);
  if (!study) throw new Error('the study is gone');
  return study;
}

/** Settles some trials in any order, and moves the study on after most of them. @returns whether it ended */
export async function search({ store, id, planned }: Searched, { trials, seed }: { trials: number; seed: number }): Promise<boolean> {
  const chance: RandomStream = randomStream(seed, 'search');
  for (let done = 0; done < trials; done += 1) {
    const open = store.open();
    const next = open[chance.integer(Math.max(1, open.length))];
    if (next) await store.settle(id, next.number, training);
    if (!next || chance.integer(4) > 0) await advanceStudy(store, id);
    await planned();
    if ((await studyOf({ store, id })).state !== 'active') return true;
  }
  return false;
}

/** To its end, one trial after the other. */
export async function finish(searched: Searched): Promise<void> {
  while (!(await search(searched, { trials: 50, seed: 3 })));
}

/** An export as an import reads it. */
export async function documentOf({ store, id }: StoredStudy): Promise<StudyDocument> {
  return studyDocumentSchema.parse(JSON.parse(await exportStudy(store.reader, id)));
}

export function exportOf({ store, id }: StoredStudy): Promise<string> {
  return exportStudy(store.reader, id);
}

/** A study that is made of a document, in a store of its own. */
export async function imported(request: StudyImport, planner?: Planner): Promise<Searched> {
  const { store, planned } = planningStore();
  const id = await importStudy(store, request, planner);
  await planned();
  return { store, id, planned };
}

/** A place where a document can be forked, before its last trial; `place` says which. */
export function forkOf(document: StudyDocument, place: number): NonNullable<StudyImport['fork']> {
  const closed = document.checkpoints.filter(({ generation }) => generation !== null).length;
  return closed > 0 ? { generation: place % closed } : { trials: 1 + (place % (document.trials.length - 1)) };
}

/** How many trials a fork keeps. */
export function keptBy({ checkpoints }: StudyDocument, fork: NonNullable<StudyImport['fork']>): number {
  if (fork.trials !== undefined) return fork.trials;
  return checkpoints.find(({ generation }) => generation === fork.generation)?.trials ?? 0;
}

/** A budget that leaves something to search. */
export function largerThan({ trials, generations }: StudyDocument['spec']['budget']): StudyDocument['spec']['budget'] {
  return { ...(trials !== undefined && { trials: trials + 10 }), ...(generations !== undefined && { generations: generations + 2 }) };
}
