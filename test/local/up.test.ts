import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { freePort } from "../../src/local/door.ts";
import { testHome, textOf, until } from "./home.ts";

test("`up` runs everything from one command, and Ctrl-C leaves nothing behind", async () => {
  const { config, state } = testHome();
  const port = await freePort();
  const up = spawn(process.execPath, [fileURLToPath(new URL("../../bootstrap.mjs", import.meta.url)), "up"], {
    env: {
      ...{ PATH: process.env.PATH, HOME: process.env.HOME, REKINDLE_HOME: config.home, PORT: String(port) },
      ...{ REKINDLE_TEST_FAST: "1", REKINDLE_TEMPORAL_MEMORY: "1" },
    },
  });
  onTestFinished(() => void up.kill("SIGKILL"));
  let said = "";
  for (const stream of [up.stdout, up.stderr]) stream.on("data", (chunk: Buffer) => (said += chunk.toString()));
  await until(
    "all to run",
    () => ["serve: ", "worker: ", "deliver: "].every((name) => said.includes(`\n${name}`)),
    300_000,
  );
  expect(said).toContain(`http://127.0.0.1:${port}`);
  expect(Object.keys(state().parts).toSorted()).toEqual(["inbox", "postgres", "redis", "temporal"]);
  expect(said).not.toContain("starting it again");

  up.kill("SIGINT");
  const [code] = (await once(up, "exit")) as [number];
  expect(code).toBe(0);
  expect(state()).toMatchObject({ parts: {} });
  expect(commandsThatName(config.home)).toEqual([]);
}, 600_000);

/** Where the system shows them: no process of the parts or commands is left. */
function commandsThatName(home: string): string[] {
  const all = textOf("/proc/self/cmdline") === "" ? [] : readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return all.map(commandLine).filter((line) => line.includes(home));
}

function commandLine(pid: string): string {
  try {
    return textOf(`/proc/${pid}/cmdline`).replaceAll("\0", " ");
  } catch {
    return "";
  }
}
