/** The Node.js versions that Clavier runs on: the oldest minor of each supported major, and every major after the last. */
const oldestMinors = new Map([
  [20, 19],
  [22, 12],
]);
const anyFromMajor = 24;

/** Says whether a version such as `v20.19.4` is supported. Odd majors between are not: their life ended before Clavier's began. */
export function isSupportedNode(version) {
  const [major, minor] = version.replace(/^v/, '').split('.').map(Number);
  if (major >= anyFromMajor) return true;
  const oldest = oldestMinors.get(major);
  return oldest !== undefined && minor >= oldest;
}

/** What a person reads who starts Clavier with another Node.js. */
export function nodeVersionMessage(version) {
  return `Clavier needs Node.js 20.19+, 22.12+ or 24+; this is ${version}. Install one of these and run the command again.`;
}
