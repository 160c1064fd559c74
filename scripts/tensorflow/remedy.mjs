/** What to do about missing native TensorFlow. The service's own message about it says the same. */
const remedy = 'run `npm run setup`';

/** What a person reads when every way failed: what does not work without it, why each way failed, what to do. */
export function missingText({ reasons, advice }) {
  const lines = reasons.map((reason) => `  - ${reason}.`);
  return ["TensorFlow's native library is not installed; studies that train will fail:", ...lines, `${advice} Then ${remedy}.`].join('\n');
}

/** How to get the tools that building it needs, for this platform. */
export function toolsAdvice(platform = process.platform) {
  if (platform === 'darwin') return 'Python 3 with pip and the compiler come with `xcode-select --install`.';
  if (platform === 'win32') return 'On Windows use WSL 2 (a Linux distribution), where it can be built.';
  return 'Debian and Ubuntu have them by `apt-get install python3-pip g++`, Fedora by `dnf install python3-pip gcc-c++`.';
}
