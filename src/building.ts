import { closeAll } from './close-all.ts';
import type { Config } from './config.ts';
import type { Logger } from './log.ts';

/** The state shared while the context is built, and the resources opened so far. */
export interface Building {
  readonly config: Config;
  readonly log: Logger;
  readonly opened: AsyncDisposable[];
  readonly broken: AbortController;
}

/** Closes the resources, last opened first. @throws StopError with every failure */
export function dispose({ opened }: Building): Promise<void> {
  return closeAll(
    opened
      .splice(0)
      .reverse()
      .map((one) => () => one[Symbol.asyncDispose]()),
  );
}
