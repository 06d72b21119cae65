import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { openWaker } from "../../delivery/lane.ts";
import { patiently } from "../../demo/world/patience.ts";
import { play } from "../../demo/world/play.ts";
import { tableHead, tableRow } from "../../demo/world/table.ts";
import type { Program, TaskStep } from "../../campaign/program.ts";
import { loadDocument } from "../../store/document.ts";
import { loadRun } from "../../store/run.ts";
import { openTemporal } from "../../temporal/client.ts";
import { lookAtRun } from "../../temporal/start.ts";
import { runCommand } from "../run.ts";
import { withServices } from "../services.ts";
import { whole } from "../whole.ts";

interface Options {
  customers: string;
  keyFile: string;
  seed: number;
  dayMs: number;
  mailAfter: number;
}

export function register(parent: Command): void {
  parent
    .command("play")
    .argument("<run>")
    .description(
      "let simulated customers and reps live through a run, while the clock is put forward, until it is closed",
    )
    .requiredOption("--customers <file>", "customers.csv that was imported")
    .requiredOption("--key-file <file>", "holds the shop's API key")
    .option("--seed <n>", "how they behave", whole(0), 7)
    .option("--day-ms <ms>", "least time for a day", whole(0), 600)
    .option("--mail-after <n>", "mail in the inbox up to this number is not theirs", whole(0), 0)
    .action((run: string, options: Options) =>
      withServices(["temporal", "redis", "inbox"], async ({ config, db }) => {
        const program = await loadDocument<Program>(db, (await loadRun(db, run)).program);
        const key = readFileSync(options.keyFile, "utf8").trim();
        const temporal = await openTemporal(config);
        const waker = openWaker({ redisUrl: config.redisUrl!, prefix: config.schema });
        const call = Object.values(program.steps).find((step): step is TaskStep => step.kind === "task");
        console.log(tableHead());
        try {
          await play(db, {
            run,
            seed: options.seed,
            customers: options.customers,
            zone: program.timezone,
            publicUrl: config.publicUrl!,
            inboxUrl: config.inboxUrl!,
            mailAfter: options.mailAfter,
            key,
            dayMs: options.dayMs,
            wake: () => {
              waker.wake("dispatch");
              waker.wake("deliver");
            },
            look: () => lookAtRun(temporal, config.schema, run),
            task: (words) => quietly(["task", "done", ...words]),
            callOutcomes: call?.outcomes.map((outcome) => outcome.id) ?? [],
            onDay: (day) => console.log(tableRow(day)),
          });
        } finally {
          await waker.close();
          await temporal.close();
        }
      }),
    );
}

/** A rep's command, whose answer nobody reads. That a task was closed meanwhile (1) happens to reps; anything else is trouble. */
let typing: Promise<void> = Promise.resolve();
function quietly(words: string[]): Promise<void> {
  // one after the other: the console is everybody's
  typing = typing.then(() => typed(words));
  return typing;
}

async function typed(words: string[]): Promise<void> {
  const { log, error } = console;
  console.log = console.error = () => undefined;
  try {
    const code = await patiently(
      () => entered(words),
      (failure) => failure instanceof Away,
    );
    if (code > 1) throw new Error(`failed (${code}): rekindle ${words.join(" ")}`);
  } finally {
    Object.assign(console, { log, error });
    process.exitCode = 0;
  }
}

/** A part is away for a moment: a rep tries again. */
class Away extends Error {}

async function entered(words: string[]): Promise<number> {
  const code = await runCommand(words);
  if (code === 3) throw new Away(`a part is away: rekindle ${words.join(" ")}`);
  return code;
}
