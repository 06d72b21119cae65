import { startProcesses } from "../../src/local/processes.ts";

/** A command for the tests to kill: runs two others. */
const processes = startProcesses({ names: ["a", "b"], program: new URL("./steady.ts", import.meta.url) });
console.log(JSON.stringify(processes.pids));
