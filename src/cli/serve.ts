import type { Command } from "commander";
import { openServer } from "../http/server.ts";
import { openReactor } from "../intake/lane.ts";
import { readLibrary } from "../operate/library.ts";
import { withServices } from "./services.ts";
import { untilSignal } from "./signal.ts";

export function register(parent: Command): void {
  parent
    .command("serve")
    .description("take events over HTTP, react to them, and serve hosted pages, until stopped")
    .action(() =>
      withServices(["redis"], async ({ config, db }) => {
        const { home } = (await readLibrary(config.rules)).library;
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
