import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { setClock } from "../../src/store/clock.ts";
import { testSchema } from "../support/schema.ts";
import { asking } from "./support/asking.ts";
import { springCustomers, springRules } from "./support/campaigns.ts";
import { type Serving, serveTest } from "./serving.ts";

const SIZE = 8;
const rules = await springRules({}, SIZE);
const empty = await testSchema();

interface Example {
  status: number;
  method: string;
  path: string;
  headers: Record<string, string>;
  body: unknown;
  answer: unknown;
}

/** A block "http STATUS" is a request; the next block is its answer, as far as it is shown. */
function examplesOf(doc: string): Example[] {
  const blocks = [...doc.matchAll(/```http (\d+)\n([^]*?)```\n\n```json\n([^]*?)```/g)];
  return blocks.map(([, status, request, answer]) => {
    const [head, ...body] = request!.split("\n\n");
    const [line, ...headers] = head!.trim().split("\n");
    const [method, path] = line!.split(" ");
    return {
      status: Number(status),
      method: method!,
      path: path!,
      headers: Object.fromEntries(headers.map((header) => header.split(/: (.*)/s) as [string, string])),
      body: body.length > 0 ? JSON.parse(body.join("\n\n")) : undefined,
      answer: shownAs(JSON.parse(answer!)),
    };
  });
}

/** "…" in an example stands for any text; what is not shown may be there too. */
function shownAs(value: unknown): unknown {
  if (value === "…") return expect.any(String);
  if (Array.isArray(value)) return value.map(shownAs);
  if (typeof value !== "object" || value === null) return value;
  return expect.objectContaining(
    Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shownAs(inner)])),
  );
}

describe.each([
  ["docs/api.md", "en"],
  ["docs/api.zh-CN.md", "zh-CN"],
])("%s", async (file, language) => {
  const examples = examplesOf(readFileSync(new URL(`../../${file}`, import.meta.url), "utf8"));
  const schema = await testSchema();
  let serving: Serving;
  const ask = asking(schema.db, () => serving);
  beforeAll(async () => {
    await setClock(schema.db, new Date("2026-04-01T02:00:00Z"), 0);
    await springCustomers(schema.db, SIZE);
    serving = await serveTest(schema, { rules });
  });
  afterAll(() => serving.stop());

  test("shows what happens", async () => {
    expect(examples.length).toBeGreaterThan(6);
    for (const { status, method, path, headers, body, answer } of examples) {
      const asked = { headers: { ...headers, "accept-language": language }, ...(body !== undefined && { body }) };
      const got = await ask({ role: "admin" }, method, path, asked);
      expect({ method, path, status: got.status, body: got.body }).toEqual({ method, path, status, body: answer });
    }
  });
});

test("docs/api-routes.md names every address, what it does and who may (made anew by `npx vitest run test/http/api-doc.test.ts -u`)", async () => {
  const serving = await serveTest(empty);
  try {
    const describedIn = async (language: string): Promise<Paths> => {
      const headers = { "accept-language": language };
      const response = await fetch(`${serving.server.url}/openapi.json`, { headers });
      return ((await response.json()) as { paths: Paths }).paths;
    };
    const [english, chinese] = [await describedIn("en"), await describedIn("zh-CN")];
    await expect(routeTable(english, chinese)).toMatchFileSnapshot("../../docs/api-routes.md");
  } finally {
    await serving.stop();
  }
});

interface Operation {
  tags: string[];
  summary: string;
  "x-roles"?: string[];
}

type Paths = Record<string, Record<string, Operation>>;

function routeTable(paths: Paths, chinese: Paths): string {
  const cell = (text: string) => text.replaceAll("|", "\\|");
  const byTag = new Map<string, string[]>();
  for (const [path, operations] of Object.entries(paths)) {
    for (const [method, { tags, summary, "x-roles": roles = ["anybody"] }] of Object.entries(operations)) {
      const rows = byTag.get(tags[0]!) ?? [];
      const words = [summary, chinese[path]![method]!.summary].map(cell).join(" | ");
      rows.push(`| \`${method.toUpperCase()} ${path}\` | ${roles.join(", ")} | ${words} |`);
      byTag.set(tags[0]!, rows);
    }
  }
  const head =
    "# Addresses of the API · 接口一览\n\nMade from the code. What they have in common: [api.md](api.md) · 公共约定见 [api.zh-CN.md](api.zh-CN.md)\n";
  const tables = [...byTag].map(
    ([tag, rows]) => `\n## ${tag}\n\n| address | roles | | |\n|---|---|---|---|\n${rows.join("\n")}\n`,
  );
  return head + tables.join("");
}
