import { Wake } from '../events/wake.ts';

/** Work that is repeated until it is stopped. */
export interface Loop {
  /** Ends the pause, or the next one. */
  wake(): void;
  /** Ends the repetition after the present run. */
  stop(): Promise<void>;
}

/** The work of a loop. An error is passed to `onFault`, and the work is repeated after the pause. */
export interface LoopParts {
  readonly pauseMs: number;
  readonly work: () => Promise<unknown>;
  readonly onFault: (error: unknown) => void;
}

/** Repeats work, with a pause after each run. */
export function startLoop({ pauseMs, work, onFault }: LoopParts): Loop {
  const wake = new Wake();
  let isStopped = false;
  const run = async (): Promise<void> => {
    while (!isStopped) {
      await work().catch(onFault);
      if (!isStopped) await wake.sleep(pauseMs);
    }
  };
  const running = run();
  return {
    wake: () => wake.now(),
    async stop() {
      isStopped = true;
      wake.now();
      await running;
    },
  };
}
