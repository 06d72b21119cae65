import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Fault } from "../../src/fault.ts";
import { ACTING } from "../../src/intake/event-data.ts";
import { meaningOf } from "../../src/intake/meaning.ts";
import { eventTypesOf } from "../../src/operate/rules/event-types.ts";
import { testSchema } from "../support/schema.ts";
import { type Serving, serveTest } from "./serving.ts";

describe.each(["docs/events.md", "docs/events.zh-CN.md"])("%s", async (file) => {
  const doc = readFileSync(new URL(`../../${file}`, import.meta.url), "utf8");
  const blocks = (kind: string) =>
    [...doc.matchAll(new RegExp(`\`\`\`${kind}\\n([^]*?)\`\`\``, "g"))].map(([, text]) => text!);
  const examples = blocks("json");
  const schema = await testSchema();
  let serving: Serving;
  beforeAll(async () => {
    serving = await serveTest(schema);
  });
  afterAll(() => serving.stop());

  test.each(examples)("the server takes %s", async (text) => {
    const { status, body } = await serving.send(text, { "content-type": "application/json" });
    expect({ status, body }).toMatchObject({ status: 202, body: { duplicates: 0 } });
    expect(body).not.toHaveProperty("errors");
  });

  test("has examples, and every type that acts with all its fields", () => {
    expect(examples.length).toBeGreaterThan(1);
    for (const [type, data] of Object.entries(ACTING)) {
      const row = doc.split("\n").find((line) => line.startsWith(`| \`${type}\``));
      expect(row, type).toContain(type);
      for (const field of Object.keys(data.shape)) expect(row, `${type}: ${field}`).toContain(field);
    }
  });

  test("its files of rules/events/ are right and do what it says of them", () => {
    const faults: Fault[] = [];
    const files = blocks("json event").map((text, i) => ({
      name: `${i}`,
      file: `${i}.json`,
      json: JSON.parse(text) as unknown,
    }));
    const types = eventTypesOf(files, faults);
    expect([files.length, faults]).toEqual([2, []]);
    const vocabulary = { currency: "CNY", traits: {}, ...types };
    const sent = /`(\{ "trade_no.*?\})`/.exec(doc)![1]!;
    const paid = meaningOf("PAYMENT_SUCCESS", JSON.parse(sent) as Record<string, unknown>, vocabulary);
    expect(paid).toMatchObject({ type: "order.paid", faults: [], data: { order_id: "2026040317", amount: "129.50" } });
    const lesson = meaningOf("Lesson Finished", { courseId: "brewing", number: "2" }, vocabulary);
    expect(lesson).toMatchObject({ type: "lesson.done", faults: [], data: { course: "brewing", lesson: 2 } });
  });
});
