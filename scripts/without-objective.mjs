// Usage: node scripts/without-objective.mjs [--tests]
// Proves that the engine knows no objective: removes the text classifier's folders and its row from a copy of this checkout, and
// compiles what is left. No test of the projects core, store, http and runner may name the classifier outside its folder, except for
// those listed here; with --tests all others run in the copy.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from './setup/paths.mjs';

const removed = ['src/objectives/text-classifier/', 'test/objectives/text-classifier/'];
/** The classifier, its presets, and the committed document, which describes it. */
const names = /text-classifier|textClassifier|'paper|openapi\/(openapi|examples)\.json/;
/** The tests of core, store, http and runner, and what they import: the folders of the other projects are not among them. */
const scope = /^test\/(?!faults|system|chaos|storm|upgrade).*(?<!\.full\.test)\.ts$/;

/** Files that may name the classifier, with the reason. They do not run here, nor does what imports them. */
const exceptions = [
  [
    'They compare the committed document and its examples, which describe every objective.',
    'test/http/openapi.test.ts',
    'test/http/document/examples.test.ts',
    'test/http/document/rules.test.ts',
  ],
];

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: projectRoot, encoding: 'utf8' })
  .split('\n')
  .filter((file) => file !== '' && !removed.some((folder) => file.startsWith(folder)));
const texts = new Map(files.filter((file) => scope.test(file)).map((file) => [file, readFileSync(join(projectRoot, file), 'utf8')]));
const excepted = new Set(exceptions.flatMap(([, ...listed]) => listed));
const naming = new Set([...texts].filter(([, text]) => names.test(text)).map(([file]) => file));
const faults = [
  ...[...naming]
    .filter((file) => !excepted.has(file))
    .map((file) => `${file} names the text classifier: move what is about it to ${removed[1]}`),
  ...[...excepted]
    .filter((file) => !naming.has(file))
    .map((file) => `${file} does not name the text classifier: take it off the list in this script`),
];
if (faults.length > 0) {
  process.stderr.write(`${faults.join('\n')}\n`);
  process.exit(1);
}

const copy = mkdtempSync(join(tmpdir(), 'clavier-without-objective-'));
process.on('exit', () => rmSync(copy, { recursive: true, force: true }));
for (const file of files) cpSync(join(projectRoot, file), join(copy, file));
cpSync(join(projectRoot, 'src/store/generated'), join(copy, 'src/store/generated'), { recursive: true });
symlinkSync(join(projectRoot, 'node_modules'), join(copy, 'node_modules'));
const table = join(copy, 'src/objectives/table.ts');
const lines = readFileSync(table, 'utf8').split('\n');
writeFileSync(table, lines.filter((line) => !names.test(line)).join('\n'));

if (!run('tsc', ['-p', 'tsconfig.build.json', '--noEmit', '--incremental', 'false', '--tsBuildInfoFile', 'null'])) process.exit(1);
process.stdout.write(`src/ compiles without ${removed[0]} and its row.\n`);

if (process.argv.includes('--tests')) {
  const left = withImporters(excepted);
  const tests = [...texts.keys()].filter((file) => file.endsWith('.test.ts') && !left.has(file));
  const leftTests = [...left].filter((file) => file.endsWith('.test.ts'));
  process.stdout.write(`${tests.length} test files run without it; ${leftTests.length} are excepted, or import what is.\n`);
  const projects = ['core', 'core-replacing', 'store', 'store-replacing', 'http', 'http-replacing', 'runner'].map(
    (project) => `--project=${project}`,
  );
  if (!run('vitest', ['run', '--reporter=dot', ...projects, ...tests])) process.exit(1);
}

/** Runs a program of the packages in the copy. @returns whether it succeeded */
function run(program, args) {
  return spawnSync(join(copy, 'node_modules', '.bin', program), args, { cwd: copy, stdio: 'inherit' }).status === 0;
}

/** These files, and those that import one of them, directly or through others. */
function withImporters(start) {
  const found = new Set(start);
  for (let before = -1; before < found.size; ) {
    before = found.size;
    for (const [file, text] of texts)
      if ([...text.matchAll(/from '(\.[^']+)'/g)].some(([, path]) => found.has(join(file, '..', path)))) found.add(file);
  }
  return found;
}
