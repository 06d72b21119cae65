import { expect, onTestFinished, test, vi } from "vitest";
import { reportFailure } from "../../src/cli/failure.ts";
import { readConfig } from "../../src/config.ts";
import { refuse, ServiceError } from "../../src/fault.ts";
import { openDatabase } from "../../src/store/database.ts";
import { now } from "../../src/store/clock.ts";

function reported(failure: unknown): { code: number; said: string } {
  const error = vi.spyOn(console, "error").mockImplementation(() => undefined);
  const code = reportFailure(failure);
  const said = error.mock.calls.flat().join("\n");
  error.mockRestore();
  return { code, said };
}

test("each kind of failure has its exit code, and says what to do", async () => {
  expect(reported(refuse("--limit", { en: "not a number", "zh-CN": "不是数字" })).code).toBe(1);
  const away = new ServiceError("Temporal", "no answer", { en: "start it", "zh-CN": "请启动" });
  expect(reported(away)).toEqual({ code: 3, said: expect.stringMatching(/Temporal: no answer/) });
  expect(reported(new TypeError("ours")).code).toBe(70);
});

test("a database that goes away in the middle of a command is a service that cannot be reached, not a stack", async () => {
  const db = openDatabase({ url: "postgres://me:hidden@127.0.0.1:1/none", schema: "none", max: 1 });
  onTestFinished(() => db.destroy());
  const failure = await now(db).catch((error: unknown) => error);
  const { code, said } = reported(failure);
  expect(code).toBe(3);
  expect(said).toMatch(/Postgres: .*ECONNREFUSED/);
  expect(said).not.toMatch(/hidden|\n\s+at /);
  // what the server says when it is shut down under us, and what the driver says when it was killed
  expect(reported(Object.assign(new Error("terminating connection"), { code: "57P01" })).code).toBe(3);
  expect(reported(new Error("Connection terminated unexpectedly")).code).toBe(3);
  // a statement that is wrong is no outage
  expect(reported(Object.assign(new Error("syntax error"), { code: "42601" })).code).toBe(70);
});

test("wrong environment variables are named all at once with what was expected, and their values are not repeated", () => {
  const wrong = { PORT: "http", DATABASE_URL: "mysql://me:hidden@host/db", REKINDLE_SECRET: "short hidden" };
  let failure: unknown;
  try {
    readConfig(wrong);
  } catch (error) {
    failure = error;
  }
  vi.stubEnv("REKINDLE_LANG", "en");
  // the same environment is the reporter's own
  for (const [name, value] of Object.entries(wrong)) vi.stubEnv(name, value);
  const { code, said } = reported(failure);
  vi.unstubAllEnvs();
  expect(code).toBe(1);
  for (const name of Object.keys(wrong)) expect(said).toMatch(new RegExp(`^error ${name}: .*expected: `, "m"));
  expect(said).toContain("postgres://");
  expect(said).not.toMatch(/hidden|\n\s+at /);
});
