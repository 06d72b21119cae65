import { runCommand } from "../../src/cli/run.ts";

// `rekindle` lines, one after the other; the first that fails ends it
for (const line of JSON.parse(process.argv[2]!) as string[][]) {
  process.exitCode = await runCommand(line);
  if (process.exitCode !== 0) {
    console.error(`rekindle ${line.join(" ")}: ended with ${process.exitCode}`);
    break;
  }
}
