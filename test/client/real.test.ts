import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { expect, test } from "vitest";
import { openClient } from "../../src/client/client.ts";
import { serveTest } from "../http/serving.ts";
import { testSchema } from "../support/schema.ts";

const schema = await testSchema();
const { db } = schema;

test("a real server that is restarted while events come has each of them once", { timeout: 600_000 }, async () => {
  let serving = await serveTest(schema);
  const key = await serving.key("backend");
  const { url } = serving.server;
  const patience = { firstMs: 20, longestMs: 200, retries: 500 };
  const client = openClient({ url, key, events: { source: "/restart", size: 50, patience } });
  const sending = [];
  for (let n = 0; n < 1_500; n++) {
    sending.push(client.events.send({ id: `e${n}`, type: "seen", subject: `R${n % 20}`, data: { n } }));
    if (n % 25 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    if (n === 500 || n === 1_000) {
      await serving.stop();
      serving = await serveTest(schema, { port: Number(new URL(url).port) });
    }
  }
  const sent = await Promise.all(sending);
  expect(new Set(sent.map(({ id }) => id)).size).toBe(1_500);
  const { rows } = await sql<{ ns: number[] }>`
    select array_agg((data ->> 'n')::int order by data -> 'n') as ns from events where source = '/restart'`.execute(db);
  expect(rows[0]!.ns).toEqual(Array.from({ length: 1_500 }, (_, n) => n));
  await client.close();
  await serving.stop();
});

test.each(["client.md", "client.zh-CN.md"])("docs/%s: its example runs", { timeout: 600_000 }, async (name) => {
  const doc = await readFile(new URL(`../../docs/${name}`, import.meta.url), "utf8");
  const example = /```ts\n([^]*?)```/.exec(doc)![1]!;
  const client = new URL("../../src/client/client.ts", import.meta.url).href;
  const folder = await mkdtemp(join(tmpdir(), "client example "));
  const serving = await serveTest(schema);
  try {
    const file = join(folder, "example.mts");
    await writeFile(file, example.replace('"rekindle/src/client/client.ts"', JSON.stringify(client)));
    const child = spawn(process.execPath, ["--import", import.meta.resolve("tsx"), file], {
      env: { ...process.env, REKINDLE_URL: serving.server.url, REKINDLE_KEY: await serving.key("backend") },
    });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (said += chunk.toString()));
    const [code] = (await once(child, "close")) as [number];
    expect([code, said]).toEqual([
      0,
      expect.stringMatching(/^accepted\n[^]*check_in [\da-f-]{36}\norder.paid order-7\d\n/),
    ]);
  } finally {
    await serving.stop();
    await rm(folder, { recursive: true });
  }
});
