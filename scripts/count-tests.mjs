// Adds up vitest's JSON reports and prints the sum as "N passed, N failed" (", N skipped"). A report that is missing is a failure.
import { readFileSync } from "node:fs";

const sum = { passed: 0, failed: 0, skipped: 0 };
for (const file of process.argv.slice(2)) {
  try {
    const report = JSON.parse(readFileSync(file, "utf8"));
    sum.passed += report.numPassedTests;
    sum.failed += report.numFailedTests;
    sum.failed += report.testResults.filter(
      (suite) => suite.status === "failed" && suite.assertionResults.length === 0,
    ).length;
    sum.skipped += report.numPendingTests + (report.numTodoTests ?? 0);
  } catch (error) {
    console.error(`${file}: ${error instanceof Error ? error.message : error}`);
    sum.failed += 1;
  }
}
console.log(`${sum.passed} passed, ${sum.failed} failed${sum.skipped > 0 ? `, ${sum.skipped} skipped` : ""}`);
process.exitCode = sum.failed === 0 && sum.passed > 0 ? 0 : 1;
