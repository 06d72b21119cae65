import { readConfig } from "../../src/config.ts";
import { openServer } from "../../src/http/server.ts";
import { loadHome } from "../../src/operate/rules/home.ts";
import { untilSignal } from "../../src/cli/signal.ts";
import { openDatabase } from "../../src/store/database.ts";

// `serve` as it is, but what it is told goes nowhere: the same reading, the same keys, and an answer at once
const config = readConfig(process.env);
const db = openDatabase({ url: config.databaseUrl!, schema: config.schema });
const home = await loadHome(config.rules);
const receiver = {
  receive: (events: unknown[]) => Promise.resolve(events.map(() => "accepted" as const)),
  close: () => Promise.resolve(),
};
const server = await openServer({ db, config, home, receiver });
console.error(`deaf: listening on ${server.url}`);
await untilSignal();
await server.close();
await db.destroy();
