import { printable } from "./printable.ts";
import { runCommand } from "./run.ts";

// whoever reads along may leave early (`… | head -1`): what was begun is done nevertheless
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (failure: NodeJS.ErrnoException) => {
    if (failure.code !== "EPIPE") throw failure;
  });

const print = console.log;
console.log = (...said: unknown[]) => print(...said.map((one) => (typeof one === "string" ? printable(one) : one)));

process.exitCode = await runCommand(process.argv.slice(2));
