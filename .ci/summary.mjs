// Usage: node .ci/summary.mjs CHECK_EXIT REPORT TESTS_EXIT [REPORT TESTS_EXIT …]
// Prints `N passed, N failed` from vitest's JSON reports and the exit codes, and exits with 1 when anything failed.
import { existsSync, readFileSync } from 'node:fs';

const [checkExit, ...runs] = process.argv.slice(2);
let passed = checkExit === '0' ? 1 : 0;
let failed = checkExit === '0' ? 0 : 1;
for (let index = 0; index < runs.length; index += 2) {
  const counts = countsOf(runs[index], runs[index + 1]);
  passed += counts.passed;
  failed += counts.failed;
}
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;

/** The counts of one run of vitest. */
function countsOf(reportFile, testsExit) {
  const report = existsSync(reportFile)
    ? JSON.parse(readFileSync(reportFile, 'utf8'))
    : { numPassedTests: 0, numFailedTests: 0, testResults: [] };

  // A file that could not even be loaded has failed without a failed test in it.
  const unloaded = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((each) => each.status === 'failed'),
  );
  for (const { name, message } of unloaded) process.stdout.write(`${name} failed as a whole: ${message}\n`);

  const failures = report.numFailedTests + unloaded.length;
  // No tests (the set-up failed), or an error outside of any of them.
  const failedOutside = failures === 0 && (testsExit !== '0' || report.numPassedTests === 0);
  if (failedOutside) process.stdout.write(`npm test ended with exit code ${testsExit}, outside of any test.\n`);
  return { passed: report.numPassedTests, failed: failedOutside ? 1 : failures };
}
