import { execFile } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { temporalProgram } from "../install/programs.ts";
import type { PartKind } from "./part.ts";

/** The development server limits itself for laptops; a campaign's peaks are above that. */
const LIMITS = { "frontend.rps": 100_000, "frontend.namespaceRPS": 100_000, "frontend.globalNamespaceRPS": 100_000 };

export const temporal: PartKind = {
  name: "temporal",
  label: "Temporal",
  stopSignal: "SIGTERM",

  async prepare(around) {
    await temporalProgram(around);
  },

  async command(around) {
    const { home, port } = around;
    mkdirSync(join(home.path, "temporal"), { recursive: true });
    const inMemory = process.env.REKINDLE_TEMPORAL_MEMORY === "1";
    return {
      file: await temporalProgram(around),
      args: [
        ...["server", "start-dev", "--ip", "127.0.0.1", "--log-level", "error"],
        ...["--port", String(await port("temporal")), "--ui-port", String(await port("temporalUi"))],
        ...Object.entries(LIMITS).flatMap(([name, value]) => ["--dynamic-config-value", `${name}=${value}`]),
        ...namespaces().flatMap((name) => ["--namespace", name]),
        // a relative name, because the path to it may hold what its connection string would misread
        ...(inMemory ? [] : ["--db-filename", "temporal.db"]),
      ],
      cwd: join(home.path, "temporal"),
    };
  },

  async ready(around) {
    const address = `127.0.0.1:${await around.port("temporal")}`;
    const arguments_ = [
      "operator",
      "namespace",
      "describe",
      "--namespace",
      namespaces()[0] ?? "default",
      "--address",
      address,
    ];
    await promisify(execFile)(await temporalProgram(around), arguments_, { timeout: 5_000 });
    return true;
  },

  async endpoints({ port }) {
    return {
      temporalAddress: `127.0.0.1:${await port("temporal")}`,
      temporalUi: `http://127.0.0.1:${await port("temporalUi")}`,
    };
  },
};

function namespaces(): string[] {
  const name = process.env.TEMPORAL_NAMESPACE;
  return name ? [name] : [];
}
