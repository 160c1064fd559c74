// Usage: node .ci/summary.mjs REPORT TESTS_EXIT CHECK_EXIT
// Prints `N passed, N failed` from vitest's JSON report and the exit codes, and exits with 1 when anything failed.
import { existsSync, readFileSync } from 'node:fs';

const [reportFile, testsExit, checkExit] = process.argv.slice(2);
const report = existsSync(reportFile)
  ? JSON.parse(readFileSync(reportFile, 'utf8'))
  : { numPassedTests: 0, numFailedTests: 0, testResults: [] };

// A file that could not even be loaded has failed without a failed test in it.
const unloaded = report.testResults.filter(
  ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((each) => each.status === 'failed'),
);
for (const { name, message } of unloaded) process.stdout.write(`${name} failed as a whole: ${message}\n`);

let failed = report.numFailedTests + unloaded.length;
// No tests (the set-up failed), or an error outside of any of them.
if (failed === 0 && (testsExit !== '0' || report.numPassedTests === 0)) {
  process.stdout.write(`npm test ended with exit code ${testsExit}, outside of any test.\n`);
  failed = 1;
}
let passed = report.numPassedTests;
if (checkExit === '0') passed += 1;
else failed += 1;

process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
