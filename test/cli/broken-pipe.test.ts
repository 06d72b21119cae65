import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

test("who reads no further (`… | head -1`) gets no stack, and the command ends as it would have", async () => {
  const bootstrap = fileURLToPath(new URL("../../bootstrap.mjs", import.meta.url));
  const child = spawn(process.execPath, [bootstrap, "rules", "vars"], { stdio: ["ignore", "pipe", "pipe"] });
  child.stdout.destroy();
  let said = "";
  child.stderr.on("data", (chunk) => (said += String(chunk)));
  const code = await new Promise((resolve) => child.once("close", resolve));
  expect({ code, said }).toEqual({ code: 0, said: "" });
});
