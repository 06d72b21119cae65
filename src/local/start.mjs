// node start.mjs FILE [ARGUMENTS…] runs a TypeScript file of ours, which finds its arguments where it would look for them.
import { run } from "./run.mjs";

process.argv.splice(1, 1);
await run(process.argv[1]);
