import { readFileSync } from "node:fs";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { COMMERCE } from "../../../src/intake/tracking/commerce.ts";
import { testSchema } from "../../support/schema.ts";
import { type Serving, serveTest } from "../serving.ts";

describe.each(["docs/tracking.md", "docs/tracking.zh-CN.md"])("%s", async (file) => {
  const doc = readFileSync(new URL(`../../../${file}`, import.meta.url), "utf8");
  const schema = await testSchema();
  let serving: Serving;
  beforeAll(async () => {
    serving = await serveTest(schema);
  });
  afterAll(() => serving.stop());

  test("shows what happens", async () => {
    const examples = [...doc.matchAll(/```http 200\nPOST (\S+)\n\n([^]*?)```\n\n```json\n([^]*?)```/g)];
    expect(examples).toHaveLength(3);
    const key = await serving.key("backend");
    for (const [, path, body, answer] of examples) {
      const response = await fetch(serving.server.url + path, {
        method: "POST",
        headers: { authorization: `Basic ${btoa(`${key}:`)}`, "content-type": "application/json" },
        body: body!,
      });
      const shown = JSON.parse(answer!) as { errors?: object[] };
      const errors = shown.errors?.map((error) => ({ ...error, detail: expect.any(String) as string }));
      expect([path, response.status, await response.json()]).toEqual([
        path,
        200,
        { ...shown, ...(errors && { errors }) },
      ]);
    }
    await vi.waitFor(
      async () => {
        const { rows } = await sql<{ n: number }>`
          select count(*)::int as n from events where reacted_at is not null and reaction ->> 'error' is null`.execute(
          schema.db,
        );
        expect(rows[0]!.n).toBe(3);
      },
      { timeout: 90_000, interval: 50 },
    );
    const { rows } = await sql`select traits from customers`.execute(schema.db);
    expect(rows).toEqual([{ traits: { city: "上海", company_size: 40 } }]);
  });

  test("lists every name of shops and the type that it is", () => {
    const rows = doc.split("\n").filter((line) => line.startsWith("|"));
    for (const [name, { type }] of COMMERCE) {
      expect(doc, name).toContain(`\`${name}\``);
      expect(
        rows.some((row) => row.includes(`\`${type}\``)),
        type,
      ).toBe(true);
    }
  });
});
