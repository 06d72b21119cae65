import type { Command } from "commander";
import type { Config } from "../config.ts";
import type { Temporal } from "../temporal/client.ts";
import { withServices } from "./services.ts";
import { untilSignal } from "./signal.ts";

export function register(parent: Command): void {
  parent
    .command("serve")
    .description("take events over HTTP, react to them, and serve hosted pages, until stopped")
    .action(() =>
      withServices(["redis"], async ({ config, db }) => {
        const { openServer, openReactor, loadHome, readLibrary, troubledSubscriptions, beginProcess } = await parts();
        const { log, endTracing } = await beginProcess("serve", config);
        const home = await loadHome(config.rules);
        // its first reading keeps a process busy for a second, during which events would wait
        await readLibrary(config.rules).catch(() => undefined);
        const reactor = openReactor({ db, config, home });
        try {
          const server = await openServer({
            ...{ db, config, home, log, onStored: (events) => reactor.kick(events) },
            openTemporal: () => temporalOf(config),
            doctor: async () => [
              ...(await (await import("../local/inspect.ts")).inspect(config)),
              ...(await troubledSubscriptions(db)),
            ],
          });
          log.info(`listening on ${server.url} for ${config.schema}`);
          await untilSignal();
          await server.close();
        } finally {
          await reactor.stop();
          await endTracing();
        }
      }),
    );
}

/** Only migrating and recovering runs need it: an embedded one is started when the first of these is asked for. */
async function temporalOf(config: Config): Promise<Temporal> {
  const { useParts } = await import("../local/parts.ts");
  const { openTemporal } = await import("../temporal/client.ts");
  const use = await useParts(config, ["temporal"]);
  try {
    const temporal = await openTemporal(use.config);
    const close = async () => {
      await temporal.close();
      await use.release();
    };
    return { ...temporal, close };
  } catch (failure) {
    await use.release();
    throw failure;
  }
}

/** Loaded when they are needed: help shall not wait for them. */
async function parts() {
  const [server, lane, home, library, subscription, watched] = await Promise.all([
    import("../http/server.ts"),
    import("../intake/lane.ts"),
    import("../operate/rules/home.ts"),
    import("../operate/rules/library.ts"),
    import("../operate/subscription.ts"),
    import("./watched.ts"),
  ]);
  return { ...server, ...lane, ...home, ...library, ...subscription, ...watched };
}
