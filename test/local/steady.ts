/** A command for the tests: says that it runs and ends when told to. */
console.log(`steady ${process.argv[2]} ${process.env.REKINDLE_TEST_WORD ?? ""}`);
setInterval(() => undefined, 1_000);
process.on("SIGTERM", () => {
  console.log("ending");
  process.exit(0);
});
