// Prints "N passed, N failed" from Vitest's JSON report; a file that could not even be read as tests counts as one failure.
import { existsSync, readFileSync } from "node:fs";

const file = process.argv[2];
const { passed, failed } = existsSync(file) ? count(JSON.parse(readFileSync(file, "utf8"))) : { passed: 0, failed: 0 };
if (!existsSync(file)) console.error(`no test ran: ${file} is not there`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;

function count({ numPassedTests, numFailedTests, testResults }) {
  const broken = testResults.filter(
    ({ status, assertionResults }) => status === "failed" && !assertionResults.some((test) => test.status === "failed"),
  );
  return { passed: numPassedTests, failed: numFailedTests + broken.length };
}
