import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { docsPage } from "../../src/http/page/docs.ts";
import { exampleOf } from "../../src/http/page/docs-curl.ts";
import { testSchema } from "../support/schema.ts";
import { type Serving, serveTest } from "./serving.ts";

const schema = await testSchema();
let serving: Serving;
beforeAll(async () => {
  serving = await serveTest(schema, { publicUrl: "http://localhost:1234" });
});
afterAll(() => serving.stop());
const get = (path: string, language = "en") =>
  fetch(serving.server.url + path, { headers: { "accept-language": language } });

test("the page shows every operation with roles, schemas and a command to try, in two languages", async () => {
  const document = (await (await get("/openapi.json")).json()) as {
    paths: Record<string, Record<string, { operationId: string }>>;
  };
  const page = await (await get("/docs")).text();
  const ids = Object.values(document.paths).flatMap((methods) => Object.values(methods).map((one) => one.operationId));
  expect(ids.length).toBeGreaterThan(50);
  expect(ids.filter((id) => !page.includes(`<details id="${id}">`))).toEqual([]);
  expect(page).toContain("curl -X POST &#39;http://localhost:1234/v1/complaints&#39;");
  expect(page).toContain("-d &#39;{&#34;customerId&#34;:&#34;…&#34;}&#39;");
  expect(page).toContain("roles: ops, sales, service, admin");
  const links = [...page.matchAll(/href="#([^"]+)"/g)].map((match) => match[1]!);
  expect(links.filter((link) => !page.includes(`id="${link}"`))).toEqual([]);
  const chinese = await (await get("/docs", "zh-CN")).text();
  expect(chinese).toContain('<html lang="zh-CN">');
  expect(chinese).toContain("接口文档");
  expect(chinese).toContain("暂停：恢复之前不再决定或发送任何内容");
  expect(chinese).not.toContain("Stands still");
  const described = await (await get("/openapi.json", "zh-CN")).text();
  expect(described).toContain("暂停：恢复之前不再决定或发送任何内容");
});

test("the page takes nothing from elsewhere and runs nothing", async () => {
  const answer = await get("/docs");
  const page = await answer.text();
  const style = /<style>([\s\S]*?)<\/style>/.exec(page)![1]!;
  const hash = createHash("sha256").update(style).digest("base64");
  expect(answer.headers.get("content-security-policy")).toMatch(/^default-src 'none'/);
  expect(answer.headers.get("content-security-policy")).toContain(`style-src 'sha256-${hash}'`);
  expect(page).not.toMatch(/<script|<img|<link|src=|url\(/);
});

test("what a schema says cannot become part of the page, nor of the shell's command", () => {
  const nasty = "<script>alert(1)</script>'; rm -rf ~ '";
  const page = docsPage(
    {
      tags: [{ name: "x" }],
      components: { schemas: {} },
      paths: {
        "/v1/x": {
          post: {
            operationId: "postX",
            tags: ["x"],
            summary: nasty,
            parameters: [],
            requestBody: { content: { "application/json": { schema: { const: nasty, description: nasty } } } },
            responses: { 200: {} },
          },
        },
      },
    },
    "en",
  );
  expect(page).not.toContain("<script>");
  expect(page).toContain("&#39;\\&#39;&#39;; rm -rf ~");
});

test("examples are the smallest that a schema takes", () => {
  const shared = { Name: { type: "string" } };
  expect(
    exampleOf(
      {
        type: "object",
        required: ["a", "b", "c", "d"],
        properties: {
          a: { $ref: "#/components/schemas/Name" },
          b: { type: "array", items: { type: "integer" } },
          c: { enum: ["x", "y"] },
          d: { anyOf: [{ type: "string", format: "date-time" }, { type: "null" }] },
          e: { type: "boolean" },
        },
      },
      shared,
    ),
  ).toEqual({ a: "…", b: [1], c: "x", d: "2026-04-01T10:00:00+08:00" });
});
