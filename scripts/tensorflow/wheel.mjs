import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../setup/command.mjs';
import { SetupFailure } from '../setup/failure.mjs';
import { logFolder } from '../setup/paths.mjs';
import { megabytes } from '../setup/progress.mjs';
import { compileAddon, findCompiler } from './addon.mjs';
import { sizeOf } from './official.mjs';
import { usesGlibc } from './places.mjs';

const version = '2.21.0';

/** The Python packages that contain TensorFlow's C library, one file per platform, with digests that pip checks. */
const wheels = {
  'linux-x64': {
    name: 'tensorflow-cpu',
    platform: 'manylinux_2_27_x86_64',
    sha256: 'dcc8afd32930e42d5296b6ee19078b773706830af4ea97fbe503b9f5e0f820cb',
  },
  'linux-arm64': {
    name: 'tensorflow',
    platform: 'manylinux_2_27_aarch64',
    sha256: 'b07d15737406533898e36c7ef7944b1be18e9028dc521b9229952c537bbc5552',
  },
  'darwin-arm64': {
    name: 'tensorflow',
    platform: 'macosx_12_0_arm64',
    sha256: '56ecd7d47429acbe1df2694d50b75bf9fc3995ac92cb367cd9af6c4780ead712',
  },
};
const wheel = wheels[`${process.platform}-${process.arch}`];

/** The download and the library unpacked from it exist at the same time. */
const neededBytes = 1_500_000_000;
const progressMs = 500;

/** Takes the C library from TensorFlow's Python package and compiles the add-on against it. Needs pip (of any Python 3) and a C++ compiler. */
export const fromWheel = {
  flavour: version,
  title: `Building the add-on for TensorFlow ${version}`,
  obstacle: () => {
    if (wheel === undefined) return `there is no Python package with TensorFlow's C library for ${process.platform} on ${process.arch}`;
    if (process.platform === 'linux' && !usesGlibc()) return 'TensorFlow needs glibc, and this system has another C library';
    const missing = [hasPip() ? undefined : 'python3 with pip', findCompiler() === undefined ? 'a C++ compiler (g++)' : undefined];
    const words = missing.filter((each) => each !== undefined).join(' and ');
    return words === '' ? undefined : `it cannot be built without ${words}`;
  },
  make: async ({ root, copy, building, update }) => {
    requireSpace(building);
    const file = await download(root, building, update);
    update('unpacking the library');
    await unpack(root, file, copy);
    rmSync(file);
    update('compiling the add-on');
    await compileAddon(root, copy);
  },
};

const hasPip = () => spawnSync('python3', ['-m', 'pip', '--version'], { stdio: 'ignore' }).status === 0;

function requireSpace(folder) {
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize >= neededBytes) return;
  throw new SetupFailure(
    `Building TensorFlow needs ${megabytes(neededBytes)} of disk space in ${folder}; ${megabytes(bavail * bsize)} are free`,
  );
}

/** Downloads one fixed file for any version of Python, because the library inside does not depend on it. Returns the file's path. */
async function download(root, building, update) {
  const [folder, temporary, requirements] = ['wheel', 'tmp', 'requirements.txt'].map((name) => join(building, name));
  mkdirSync(temporary);
  writeFileSync(requirements, `${wheel.name}==${version} --hash=sha256:${wheel.sha256}\n`);
  const target = ['--python-version', '3.12', '--implementation', 'cp', '--abi', 'cp312', '--platform', wheel.platform];
  const options = ['--no-deps', '--only-binary=:all:', '--no-cache-dir', '--require-hashes', '--disable-pip-version-check', '--no-input'];
  await runCommand('python3', ['-m', 'pip', 'download', ...options, ...target, '--dest', folder, '--requirement', requirements], {
    cwd: building,
    env: { ...process.env, TMPDIR: temporary },
    logFile: join(logFolder(root), 'tensorflow-wheel.log'),
    failed: `${wheel.name} ${version} could not be downloaded with pip`,
    watch: () => {
      const timer = setInterval(() => update(`downloading ${wheel.name}, ${megabytes(sizeOf(temporary) + sizeOf(folder))}`), progressMs);
      return () => clearInterval(timer);
    },
  });
  return join(folder, readdirSync(folder)[0]);
}

/** Python program that unpacks the wheel: Python is available here and reads zip archives of any size. Takes only the 560 of 13,000 headers that the add-on includes. */
const unpackProgram = `
import sys, zipfile
archive, target = sys.argv[1:]
headers = tuple('tensorflow/include/' + each for each in ('tensorflow/c/', 'tensorflow/core/platform/', 'tsl/', 'xla/tsl/'))
with zipfile.ZipFile(archive) as wheel:
    for entry in wheel.infolist():
        library = entry.filename.startswith(('tensorflow/libtensorflow_cc.', 'tensorflow/libtensorflow_framework.'))
        if library:
            entry.filename = 'lib/' + entry.filename.removeprefix('tensorflow/')
        elif entry.filename.startswith(headers):
            entry.filename = entry.filename.removeprefix('tensorflow/')
        else:
            continue
        wheel.extract(entry, target)
`;

function unpack(root, file, copy) {
  return runCommand('python3', ['-c', unpackProgram, file, join(copy, 'deps')], {
    cwd: copy,
    logFile: join(logFolder(root), 'tensorflow-unpack.log'),
    failed: 'The downloaded Python package could not be unpacked',
  });
}
