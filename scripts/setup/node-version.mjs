/** The supported Node.js versions: the oldest minor of each supported major, and `anyFromMajor` and every later major. */
const oldestMinors = new Map([
  [20, 19],
  [22, 12],
]);
const anyFromMajor = 24;

/** Tells whether a version such as `v20.19.4` is supported. The odd majors in between are not, because they reached their end of life before Clavier existed. */
export function isSupportedNode(version) {
  const [major, minor] = version.replace(/^v/, '').split('.').map(Number);
  if (major >= anyFromMajor) return true;
  const oldest = oldestMinors.get(major);
  return oldest !== undefined && minor >= oldest;
}

/** Makes the message for a person who starts Clavier with an unsupported Node.js. */
export function nodeVersionMessage(version) {
  return `Clavier needs Node.js 20.19+, 22.12+ or 24+; this is ${version}. Install one of these and run the command again.`;
}
