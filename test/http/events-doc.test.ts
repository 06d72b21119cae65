import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ACTING } from "../../src/intake/event-data.ts";
import { testSchema } from "../support/schema.ts";
import { type Serving, serveTest } from "./serving.ts";

const doc = readFileSync(new URL("../../docs/events.md", import.meta.url), "utf8");
const examples = [...doc.matchAll(/```json\n([^]*?)```/g)].map(([, text]) => text!);
const schema = await testSchema();
let serving: Serving;
beforeAll(async () => {
  serving = await serveTest(schema);
});
afterAll(() => serving.stop());

test.each(examples)("docs/events.md: the server takes %s", async (text) => {
  const { status, body } = await serving.send(text, { "content-type": "application/json" });
  expect({ status, body }).toMatchObject({ status: 202, body: { duplicates: 0 } });
  expect(body).not.toHaveProperty("errors");
});

test("docs/events.md has examples, and every type that acts with all its fields", () => {
  expect(examples.length).toBeGreaterThan(1);
  for (const [type, data] of Object.entries(ACTING)) {
    const row = doc.split("\n").find((line) => line.startsWith(`| \`${type}\``));
    expect(row, type).toContain(type);
    for (const field of Object.keys(data.shape)) expect(row, `${type}: ${field}`).toContain(field);
  }
});
