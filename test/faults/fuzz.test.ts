import { connect } from "node:net";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { InputError, ServiceError } from "../../src/fault.ts";
import { openServer, type Server } from "../../src/http/server.ts";
import { openReactor, type Reactor } from "../../src/intake/lane.ts";
import { importFile } from "../../src/operate/import/import.ts";
import { type Home, readHome } from "../../src/operate/import/home.ts";
import writeExcel from "write-excel-file/node";
import { createApiKey } from "../../src/store/api-key.ts";
import { openLog } from "../../src/watch/log.ts";
import { HOME, testConfig } from "../http/serving.ts";
import { enrol, openChallenge, openWait, program } from "../intake/world.ts";
import { SEED } from "../support/seed.ts";
import { testSchema } from "../support/schema.ts";
import { oddFile } from "./fuzz/files.ts";
import { type Json, Nasty } from "./fuzz/nasty.ts";
import { apiRequest, brokenRequest, eventRequest, linkRequest, type Operation, type Request } from "./fuzz/requests.ts";

/** at least so many, of each kind its share; more when somebody has time */
const TIMES = Number(process.env.REKINDLE_FUZZ_TIMES ?? 1);
const COUNTS = { events: 27_000, links: 9_000, api: 12_000, sockets: 1_600, files: 400 };
const AT_ONCE = 100;
/** who has not been answered by then never will be */
const SILENT_MS = 60_000;

const schema = await testSchema();
const { db } = schema;
const nasty = new Nasty(SEED);
const folder = mkdtempSync(join(tmpdir(), "rekindle fuzz "));
const trouble: string[] = [];
let server: Server;
let reactor: Reactor;
let key: string;
let importHome: Home;
let workbook: Buffer;
let tried = 0;

beforeAll(async () => {
  const members = await enrol(
    db,
    program({}),
    Array.from({ length: 40 }, (_, i) => `c${i + 1}`),
  );
  for (const member of members.members.slice(0, 20)) {
    await openChallenge(db, member, 20_000, 3_000);
    await openWait(db, member, "order", "order.paid");
  }
  key = await createApiKey(db, "fuzz", "admin", new Date());
  importHome = await readHome("rules");
  workbook = await writeExcel([
    ["customer_id", "name", "email"].map((value) => ({ value })),
    [{ value: "c1" }, { value: "王小明" }, { value: "a@b.example" }],
  ]).toBuffer();
  const config = testConfig(schema, { rules: "rules", rateLimits: { admin: 1_000_000 }, logLevel: "warn" });
  const told = { ...config, logFormat: "json" as const, write: (line: string) => void trouble.push(line) };
  const log = openLog("serve", told);
  reactor = openReactor({ db, config: told, home: HOME });
  server = await openServer({
    ...{ db, config, home: HOME, log, onStored: (events: number) => reactor.kick(events) },
    openTemporal: () => Promise.reject(new ServiceError("Temporal", "not here", { en: "no", "zh-CN": "无" })),
  });
});
afterAll(async () => {
  await server?.close();
  await reactor?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** What somebody outside must never see. */
const STACK = /\n\s+at |node_modules|\.ts:\d+|node:internal|SQLSTATE|syntax error at/;
interface Answer {
  request: Request;
  status: number;
  body: string;
}
const wrong: string[] = [];

async function ask(request: Request): Promise<Answer> {
  tried += 1;
  const headers = { authorization: `Bearer ${key}`, ...request.headers };
  const asked = server.inject({ ...request, headers });
  const late = pause(SILENT_MS, undefined, { ref: false });
  const response = await Promise.race([asked, late]);
  if (!response) {
    wrong.push(`no answer: ${request.method} ${request.url.slice(0, 300)}\n  ${said(request)}`);
    return { request, status: 0, body: "" };
  }
  const { statusCode: status, body, headers: answered } = response;
  const type = String(answered["content-type"] ?? "");
  const isProblem = type.startsWith("application/problem+json");
  const page = request.url.startsWith("/l/");
  const busy = status === 503 && /urn:rekindle:problem:(busy|part)/i.test(body);
  if ((status >= 500 && !busy) || STACK.test(body) || (status >= 400 && !isProblem && !page)) {
    wrong.push(
      `${status} ${request.method} ${request.url.slice(0, 300)} ${type}\n  ${said(request)}\n  ${body.slice(0, 300)}`,
    );
  }
  return { request, status, body };
}

function said({ headers, payload }: Request): string {
  return `${JSON.stringify(headers)} ${Buffer.isBuffer(payload) ? JSON.stringify(payload.toString("latin1").slice(0, 600)) : ""}`;
}

/** So many, some at once; made in the same order for a seed. */
async function many<T>(count: number, atOnce: number, one: () => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  let left = Math.ceil(count * TIMES);
  const work = async () => {
    while (left-- > 0) results.push(await one());
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return results;
}

const count = async (table: string) =>
  (await sql<{ n: number }>`select count(*)::int as n from ${sql.table(table)}`.execute(db)).rows[0]!.n;

/** MB of what is still reachable: what a first collection leaves to finalizers goes with a later one. */
async function heap(): Promise<number> {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  for (let i = 0; i < 5; i++) {
    collect();
    await pause(50);
  }
  return process.memoryUsage().heapUsed / 1024 / 1024;
}

const PATIENCE = { timeout: 1_200_000 };

test(`whatever comes in is answered, and what is refused leaves nothing (seed ${SEED})`, PATIENCE, async () => {
  console.log(`fuzz: seed ${SEED}; REKINDLE_TEST_SEED=${SEED} plays it again`);
  const began = performance.now();
  const told: Record<string, string> = {};
  async function phase<T>(name: string, work: () => Promise<T>): Promise<T> {
    const start = performance.now();
    const result = await work();
    told[name] = `${((performance.now() - start) / 1000).toFixed(1)} s`;
    return result;
  }

  // what is asked again is all that is kept of the answers, or the test itself would fill the memory that it measures
  const again: Request[] = [];
  const posts = await phase("events", () => many(COUNTS.events, AT_ONCE, () => ask(eventRequest(nasty))));
  const accepted = posts
    .filter(({ status, request }) => status === 202 && !request.url.includes("dryRun"))
    .reduce((sum, { body }) => sum + (JSON.parse(body) as { accepted: number }).accepted, 0);
  expect(await count("events")).toBe(accepted);
  expect(accepted).toBeGreaterThan(100);
  again.push(...someRefused(posts.splice(0)));

  await phase("links", () => many(COUNTS.links, AT_ONCE, () => ask(linkRequest(nasty))));
  const list = await operations();
  const api = async (share: number) => {
    const answers = await many(COUNTS.api * share, 20, () => ask(apiRequest(nasty, nasty.pick(list), BODIES)));
    again.push(...someRefused(answers));
  };
  // by then what is loaded and kept at the first use is there: what grows from here on would grow for ever
  await phase("api, first quarter", () => api(0.25));
  const before = await heap();
  await phase("api", () => api(0.75));
  await phase("sockets", () => many(COUNTS.sockets, 40, askBroken));
  await phase("files", () => many(COUNTS.files, 4, importOdd));
  await phase("again", () => refusedAgain(again));

  // what was taken can be reacted to, too
  await expect
    .poll(async () => (await sql`select 1 from events where reacted_at is null limit 1`.execute(db)).rows, {
      timeout: 90_000,
    })
    .toEqual([]);
  expect(kinds(trouble)).toEqual([]);
  expect(wrong.slice(0, 5)).toEqual([]);
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200);

  const grown = (await heap()) - before;
  const seconds = Math.round((performance.now() - began) / 1000);
  console.log(`fuzz: ${tried} inputs in ${seconds} s, heap grew by ${Math.round(grown)} MB; ${JSON.stringify(told)}`);
  expect(grown).toBeLessThan(80);
  expect(tried).toBeGreaterThanOrEqual(50_000);
});

/** Each trouble that was logged once, without what differs from one to the next. */
function kinds(lines: string[]): string[] {
  const told = lines.map((line) => {
    const { method, route, status, error, code, at, msg } = JSON.parse(line) as Record<string, unknown>;
    return [method, route, status, error, code, at, msg].join(" ");
  });
  // routes that need Temporal say that it is not here; on a busy machine a connection may be long in coming
  return [...new Set(told)].filter((one) => !/ 503 Error +at openTemporal | Error +at .*pg-pool/.test(one));
}

/** Bodies that some addresses take; the others get them too. */
const BODIES: Json[] = [
  {
    id: "fuzz",
    name: { en: "F", "zh-CN": "F" },
    trigger: { manual: true },
    journey: [{ id: "a", wait: { for: "P1D" } }],
  },
  { name: "k", role: "backend", types: ["check_in"], url: "https://hooks.example/x", events: ["message.accepted"] },
  { customer: "c1", severity: "high", note: "x", outcome: "done", confirmed: true, launch: "2026-04-01", reason: "x" },
];

async function operations(): Promise<Operation[]> {
  const document = (await server.inject({ url: "/openapi.json" })).json<{
    paths: Record<string, Record<string, { parameters?: { name: string; in: string }[]; responses: object }>>;
  }>();
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { parameters = [], responses }]) => {
      // an answer that only ends with its connection
      if (JSON.stringify(responses).includes("text/event-stream")) return [];
      const queries = parameters.filter((one) => one.in === "query").map((one) => one.name);
      return { method: method.toUpperCase(), path, queries };
    }),
  );
}

/** The server answers or hangs up, and says nothing of itself. */
function askBroken(): Promise<void> {
  tried += 1;
  const bytes = brokenRequest(nasty, key);
  const { hostname, port } = new URL(server.url);
  return new Promise((resolve) => {
    let answer = "";
    const socket = connect({ host: hostname, port: Number(port) }, () => {
      socket.write(bytes);
      // hangs up itself when the server waits for more, as it may
      setTimeout(() => socket.destroy(), 40);
    });
    socket.on("data", (chunk) => (answer += chunk.toString("latin1")));
    socket.on("error", () => undefined);
    socket.on("close", () => {
      if (/^HTTP\/1.1 5(?!03)/.test(answer) || STACK.test(answer)) {
        wrong.push(`${answer.slice(0, 300)}\n  ${JSON.stringify(bytes.toString("latin1").slice(0, 600))}`);
      }
      resolve();
    });
  });
}

const SILENT = { facts: () => undefined, reading: () => undefined, storing: () => undefined };
let files = 0;
/** A file is taken line by line, or refused as a whole with its faults. */
async function importOdd(): Promise<void> {
  tried += 1;
  const { what, name, bytes } = oddFile(nasty, workbook);
  const file = join(folder, `${++files}-${name}`);
  writeFileSync(file, bytes);
  const imports = await count("imports");
  try {
    const options = { what, file, overrides: new Map<string, string>(), dryRun: true, locale: "en" as const };
    await importFile({ url: schema.url, schema: schema.schema }, importHome, options, SILENT);
  } catch (failure) {
    if (!(failure instanceof InputError)) {
      wrong.push(
        `import ${what} ${name}: ${(failure as Error).stack}\n  ${JSON.stringify(bytes.toString("latin1").slice(0, 400))}`,
      );
    }
  }
  expect(await count("imports")).toBe(imports);
  rmSync(file);
}

/** About a hundred and fifty of those who were refused, from first to last. */
function someRefused(answers: Answer[]): Request[] {
  const refused = answers.filter(({ status }) => status >= 400);
  const step = Math.max(1, Math.floor(refused.length / 150));
  return refused.filter((_, i) => i % step === 0).map(({ request }) => request);
}

/** Those who were refused ask again, one by one: no table has a row more afterwards. */
async function refusedAgain(refused: Request[]): Promise<void> {
  const stay: Request[] = [];
  for (const request of refused) if ((await ask(request)).status >= 400) stay.push(request);
  expect(stay.length).toBeGreaterThan(100);
  const rows = await rowsByTable();
  for (const request of stay) expect((await ask(request)).status).toBeGreaterThanOrEqual(400);
  expect(await rowsByTable()).toEqual(rows);
}

async function rowsByTable(): Promise<Record<string, number>> {
  const { rows } = await sql<{ name: string }>`
    select table_name as name from information_schema.tables
    where table_schema = ${schema.schema} and table_type = 'BASE TABLE' and table_name !~ '^(audit|kysely|data_sources|import_uploads)'`.execute(
    db,
  );
  // of a file without a good line it is kept what was wrong with each
  const taken = await sql<{ n: number }>`
    select count(*)::int as n from import_uploads where (summary->>'accepted')::int > 0`.execute(db);
  const counted = await Promise.all(rows.map(async ({ name }) => [name, await count(name)] as const));
  return Object.fromEntries([...counted, ["import_uploads", taken.rows[0]!.n]]);
}
