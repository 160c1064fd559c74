const remedies = new Map([
  ['EACCES', 'Run this as the user who owns the checkout and the cache folder, or set both up for yourself.'],
  ['EPERM', 'Run this as the user who owns the checkout and the cache folder, or set both up for yourself.'],
  ['EROFS', 'Run `npm run setup` once where the checkout can be written.'],
  ['ENOSPC', 'Make room on that disk and run the command again.'],
]);

/** A step failed. The message says what happened and what to do; `details` is the end of a command's output. */
export class SetupFailure extends Error {
  name = 'SetupFailure';

  constructor(message, { details = '', exitCode = 1 } = {}) {
    super(message);
    this.details = details;
    this.exitCode = exitCode;
  }
}

/**
 * Prints a failure for a person and returns the exit code. For errors of the file system it prints their message and a remedy. Any
 * other error that is not a {@link SetupFailure} is a bug in the scripts and is printed with its stack.
 */
export function reportFailure(error, stream = process.stderr) {
  if (remedies.has(error?.code)) {
    stream.write(`${error.message}\n${remedies.get(error.code)}\n`);
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
