import type { Command } from "commander";
import { withServices } from "./services.ts";
import { untilSignal } from "./signal.ts";

export function register(parent: Command): void {
  parent
    .command("serve")
    .description("take events over HTTP, react to them, and serve hosted pages, until stopped")
    .action(() =>
      withServices(["redis"], async ({ config, db }) => {
        const { openServer, openReactor, loadHome } = await parts();
        const home = await loadHome(config.rules);
        const reactor = openReactor({ db, config, home });
        try {
          const server = await openServer({ db, config, home, onStored: () => reactor.kick() });
          console.error(`serve: listening on ${server.url}`);
          await untilSignal();
          await server.close();
        } finally {
          await reactor.stop();
        }
      }),
    );
}

/** Loaded when they are needed: help shall not wait for them. */
async function parts() {
  const [server, lane, home] = await Promise.all([
    import("../http/server.ts"),
    import("../intake/lane.ts"),
    import("../operate/home.ts"),
  ]);
  return { ...server, ...lane, ...home };
}
