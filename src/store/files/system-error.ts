/** Tells whether a thrown value is a system error with a code such as `ENOENT`. */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

/** Adds the path of the file to an error of a file handle, which has none. Any other value is returned unchanged. */
export function withPath(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || 'path' in error) return error;
  return Object.assign(error, { message: `${error.message} '${path}'`, path });
}
