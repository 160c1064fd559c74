import type { StudyRepresentation, StudySummaryRepresentation } from '../../src/api/study.ts';
import type { RankedTrialRepresentation } from '../../src/api/trial.ts';
import type { Client } from '../../src/client/client.ts';

/** What a fake service has, and what was asked of it. */
export interface FakeService {
  /** Studies of its list, newest first as the API gives them. */
  readonly studies?: readonly StudyRepresentation[];
  /** What a new study looks like. */
  readonly created?: StudyRepresentation;
  /** What each look at a study shows in turn; the last one again and again. */
  readonly looks: readonly StudyRepresentation[];
  readonly leaderboard?: readonly RankedTrialRepresentation[];
  /** Called at each look, with how many there were before. */
  readonly onLook?: (before: number) => void;
}

/** A client of a service that exists only here. Methods that a quickstart has no use for refuse. */
export function fakeClient(service: FakeService): { client: Client; calls: string[] } {
  const calls: string[] = [];
  let looks = 0;
  const refuse = (): never => {
    throw new Error('a quickstart does not ask for this');
  };
  const client: Client = {
    createStudy: async (definition) => {
      calls.push(`create ${'name' in definition ? definition.name : ''}`);
      return service.created ?? refuse();
    },
    async *listStudies({ name } = {}) {
      calls.push(`list ${name}`);
      for (const study of service.studies ?? []) if (study.name === name) yield summary(study);
    },
    getStudy: async (id) => {
      service.onLook?.(looks);
      const shown = service.looks[Math.min(looks, service.looks.length - 1)];
      looks += 1;
      if (!shown) return refuse();
      return { ...shown, id };
    },
    resume: async (id) => {
      calls.push(`resume ${id}`);
      const paused = service.studies?.find((study) => study.id === id) ?? refuse();
      return { ...paused, state: 'active' };
    },
    leaderboard: async () => service.leaderboard ?? [],
    pause: refuse,
    cancel: refuse,
    deleteStudy: refuse,
    listTrials: refuse,
    generations: refuse,
    checkpoints: refuse,
    presets: refuse,
    exportStudy: refuse,
    getTrial: refuse,
    readiness: refuse,
  };
  return { client, calls };
}

function summary(study: StudyRepresentation): StudySummaryRepresentation {
  const { spec, trials: _trials, generation: _generation, best: _best, epochsTrained: _epochs, progress, ...head } = study;
  const { folded, proposed } = progress;
  return { ...head, sampler: spec.sampler.type, metric: spec.metric.name, progress: { folded, proposed } };
}
