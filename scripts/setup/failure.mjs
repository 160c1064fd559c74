const refusals = new Map([
  ['EACCES', 'Run this as the user who owns the checkout and the cache folder, or set both up for yourself.'],
  ['EPERM', 'Run this as the user who owns the checkout and the cache folder, or set both up for yourself.'],
  ['EROFS', 'Run `npm run setup` once where the checkout can be written.'],
  ['ENOSPC', 'Make room on that disk and run the command again.'],
]);

/** A step that could not be done. The message says what happened and what to do next; `details` is the end of a command's output. */
export class SetupFailure extends Error {
  name = 'SetupFailure';

  constructor(message, { details = '', exitCode = 1 } = {}) {
    super(message);
    this.details = details;
    this.exitCode = exitCode;
  }
}

/**
 * Prints a failure for a person and returns the exit code. What the file system refuses is told in its own words; anything else but a
 * {@link SetupFailure} is a fault of the scripts and keeps its stack.
 */
export function reportFailure(error, stream = process.stderr) {
  if (refusals.has(error?.code)) {
    stream.write(`${error.message}\n${refusals.get(error.code)}\n`);
    return 1;
  }
  if (!(error instanceof SetupFailure)) {
    stream.write(`${error instanceof Error ? error.stack : error}\n`);
    return 1;
  }
  if (error.details !== '') stream.write(`${error.details}\n\n`);
  stream.write(`${error.message}\n`);
  return error.exitCode;
}
