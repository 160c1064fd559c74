import { digestOf } from '../shared/digest.ts';
import { defaultProject } from './project.ts';

/**
 * A result key within a project: results are reused inside it alone, because values, and the speed with which they come, tell what others
 * trained. In the default project the key stays as it is: results of earlier versions are found again.
 */
export function resultKeyIn(project: string, resultKey: string): string {
  return project === defaultProject ? resultKey : digestOf({ project, resultKey });
}
