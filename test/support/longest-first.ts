import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Projects in the order in which those of a turn begin: first those whose files take long and wait much, last short ones that compute. */
const projects = ['faults', 'system', 'store-replacing', 'runner', 'store', 'http', 'http-replacing', 'core-replacing', 'core'];

/** Files of minutes, of which a new checkout has no measured times: without this list they could be the last ones, with nothing beside. */
const longest = [
  'faults/killed.test.ts',
  'system/killed-study.test.ts',
  'system/faults-at-start.test.ts',
  'system/short-verbs.test.ts',
  'upgrade/database.test.ts',
  'store/verification.test.ts',
  'store/engine.test.ts',
  'store/extension.test.ts',
  'store/embedded/embedded.test.ts',
  'http/given.test.ts',
  'http/ask-determinism.test.ts',
  'scripts/lock.test.ts',
  'clients/python.test.ts',
];

/** Runs the longest files of a turn first, so that all workers have work until its end. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const usual = await super.sort(files);
    return usual.toSorted(
      (one, other) =>
        turnOf(one) - turnOf(other) ||
        placeOf(projects, one.project.name) - placeOf(projects, other.project.name) ||
        fileOf(one) - fileOf(other),
    );
  }
}

const turnOf = ({ project }: TestSpecification): number => project.config.sequence.groupOrder;

const fileOf = ({ moduleId }: TestSpecification): number => {
  const place = longest.findIndex((file) => moduleId.endsWith(`/test/${file}`));
  return place === -1 ? longest.length : place;
};

function placeOf(order: readonly string[], name: string): number {
  const place = order.indexOf(name);
  return place === -1 ? order.length : place;
}
