import { Worker } from "node:worker_threads";

/** A command for the tests: says that it runs, has a thread as workers do, and ends when told to. */
process.on("SIGTERM", () => {
  console.log("ending");
  process.exit(0);
});
console.log(`steady ${process.argv[2]} ${process.env.REKINDLE_TEST_WORD ?? ""}`);
new Worker("0", { eval: true }).on("exit", (code) => console.log(`thread ended with ${code}`));
setInterval(() => undefined, 1_000);
