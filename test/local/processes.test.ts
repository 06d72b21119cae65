import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, onTestFinished, test } from "vitest";
import { identify, isRunning, typescriptArguments } from "../../src/local/process.ts";
import { startProcesses } from "../../src/local/processes.ts";
import { until } from "./home.ts";

const program = new URL("./steady.ts", import.meta.url);

test("commands run until stopped, and one that dies runs again", async () => {
  const lines: string[] = [];
  const processes = startProcesses({
    ...{ names: ["a", "b", "b"], program, env: { REKINDLE_TEST_WORD: "told" } },
    onLine: (name, line) => lines.push(`${name}: ${line}`),
  });
  onTestFinished(() => processes.stop());
  await until("all to run", () => lines.length === 6);
  const names = ["a", "b", "b 2"];
  const said = names.flatMap((name) => [`${name}: steady ${name[0]} told`, `${name}: thread ended with 0`]);
  expect(lines.toSorted()).toEqual(said.toSorted());
  const before = processes.pids;
  process.kill(before.a!, "SIGKILL");
  await until("a to run again", () => lines.filter((line) => line.startsWith("a: steady")).length === 2);
  expect(lines).toContain("a: ended (SIGKILL); starting it again");
  expect(processes.pids).toMatchObject({ b: before.b, "b 2": before["b 2"] });
  const running = Object.values(processes.pids).map((pid) => identify(pid)!);
  await processes.stop();
  expect(running.filter(isRunning)).toEqual([]);
  expect(lines.filter((line) => line.endsWith(": ending"))).toHaveLength(3);
});

test("they end when the process that started them is killed", async () => {
  const parent = spawn(process.execPath, typescriptArguments(new URL("./parent.ts", import.meta.url)));
  onTestFinished(() => void parent.kill("SIGKILL"));
  const [line] = (await once(parent.stdout, "data")) as [Buffer];
  const pids = Object.values(JSON.parse(line.toString()) as Record<string, number>);
  const children = pids.map((pid) => identify(pid)!);
  expect(children).toHaveLength(2);
  parent.kill("SIGKILL");
  await until("the children to end", () => !children.some(isRunning));
});
