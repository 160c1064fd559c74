/** Remedy for missing native TensorFlow. The service's own message gives the same one. */
const remedy = 'run `npm run setup`';

/** Makes the message for a person when every source failed: the consequence, the reason for each failure, and what to do. */
export function missingText({ reasons, advice }) {
  const lines = reasons.map((reason) => `  - ${reason}.`);
  return ["TensorFlow's native library is not installed; studies that train will fail:", ...lines, `${advice} Then ${remedy}.`].join('\n');
}

/** Says how to get the tools for building it on a platform. */
export function toolsAdvice(platform = process.platform) {
  if (platform === 'darwin') return '`xcode-select --install` installs Python 3 with pip and the compiler.';
  if (platform === 'win32') return 'On Windows, use WSL 2 (a Linux distribution), where it can be built.';
  return 'Install the tools with `apt-get install python3-pip g++` (Debian, Ubuntu) or `dnf install python3-pip gcc-c++` (Fedora).';
}
