import { isMainThread } from "node:worker_threads";

// Preloaded into the processes that `up` and `demo` start: when those die, however they die, we end too.
// Plain JavaScript, because it is also preloaded into our threads, where nothing reads TypeScript.
if (isMainThread && process.channel) {
  process.on("disconnect", () => {
    setTimeout(() => process.exit(1), 15_000).unref();
    process.kill(process.pid, "SIGTERM");
  });
  // the channel itself shall not keep a process alive that is done
  process.channel.unref();
}
