// Usage: node scripts/without-objective.mjs [--tests]
// Proves that the engine knows no objective: removes the text classifier's folder and its row from a copy of this checkout, and
// compiles what is left; with --tests it also runs every test of the projects core, store and http that does not name the classifier.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from './setup/paths.mjs';

const removed = ['src/objectives/text-classifier/', 'test/objectives/text-classifier/'];
/** The classifier, its presets, and the committed document, which describes it. */
const names = /text-classifier|textClassifier|'paper|openapi\/openapi\.json/;

const copy = mkdtempSync(join(tmpdir(), 'clavier-without-objective-'));
process.on('exit', () => rmSync(copy, { recursive: true, force: true }));

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: projectRoot, encoding: 'utf8' })
  .split('\n')
  .filter((file) => file !== '' && !removed.some((folder) => file.startsWith(folder)));
for (const file of files) cpSync(join(projectRoot, file), join(copy, file));
cpSync(join(projectRoot, 'src/store/generated'), join(copy, 'src/store/generated'), { recursive: true });
symlinkSync(join(projectRoot, 'node_modules'), join(copy, 'node_modules'));

const table = join(copy, 'src/objectives/table.ts');
const lines = readFileSync(table, 'utf8').split('\n');
writeFileSync(table, lines.filter((line) => !names.test(line)).join('\n'));

if (!run('tsc', ['-p', 'tsconfig.build.json', '--noEmit', '--incremental', 'false', '--tsBuildInfoFile', 'null'])) process.exit(1);
process.stdout.write(`src/ compiles without ${removed[0]} and its row.\n`);

if (process.argv.includes('--tests')) {
  const naming = new Set(files.filter((file) => file.startsWith('test/') && names.test(readFileSync(join(copy, file), 'utf8'))));
  const affected = withImporters(naming);
  const tests = files.filter(
    (file) => /^test\/(?!runner|faults|system|chaos|upgrade).*(?<!\.full)\.test\.ts$/.test(file) && !affected.has(file),
  );
  process.stdout.write(
    `${tests.length} test files name it neither themselves nor through what they import; ${[...affected].filter((file) => file.endsWith('.test.ts')).length} do.\n`,
  );
  if (!run('vitest', ['run', '--reporter=dot', '--project', 'core', '--project', 'store', '--project', 'http', ...tests])) process.exit(1);
}

/** Runs a program of the packages in the copy. @returns whether it succeeded */
function run(program, args) {
  return spawnSync(join(copy, 'node_modules', '.bin', program), args, { cwd: copy, stdio: 'inherit' }).status === 0;
}

/** The files that import one of these, directly or through others. */
function withImporters(start) {
  const found = new Set(start);
  const imports = new Map(
    files
      .filter((file) => file.startsWith('test/') && file.endsWith('.ts'))
      .map((file) => [
        file,
        [...readFileSync(join(copy, file), 'utf8').matchAll(/from '(\.[^']+)'/g)].map(([, path]) => join(file, '..', path)),
      ]),
  );
  for (let before = -1; before < found.size; ) {
    before = found.size;
    for (const [file, targets] of imports) if (targets.some((target) => found.has(target))) found.add(file);
  }
  return found;
}
