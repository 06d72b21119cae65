import { Validator } from "@seriousme/openapi-schema-validator";
import { afterAll, beforeAll, expect, test } from "vitest";
import { testSchema } from "../support/schema.ts";
import { type Serving, serveTest } from "./serving.ts";

type Operation = {
  operationId: string;
  summary: string;
  parameters: { name: string; in: string; required: boolean }[];
  security?: unknown;
  "x-roles"?: string[];
  responses: Record<string, { content?: Record<string, unknown> }>;
};
interface Document {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, unknown> };
}

const schema = await testSchema();
let serving: Serving;
let document: Document;
beforeAll(async () => {
  serving = await serveTest(schema);
  document = (await (await fetch(`${serving.server.url}/openapi.json`)).json()) as Document;
});
afterAll(() => serving.stop());

const operations = () =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );

test("the description is valid OpenAPI 3.1", async () => {
  const result = await new Validator().validate(structuredClone(document) as never);
  expect(result.valid ? [] : result.errors).toEqual([]);
  const { paths: _, ...pathless } = document;
  expect((await new Validator().validate({ ...pathless, paths: [] } as never)).valid).toBe(false);
});

test("every reference leads somewhere", () => {
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map((match) => match[1]!);
  expect(references.length).toBeGreaterThan(10);
  const known = new Set(Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`));
  expect(references.filter((reference) => !known.has(reference))).toEqual([]);
});

test("every operation has a name of its own, says what it does, and names each part of its path", () => {
  const names = operations().map(({ operation }) => operation.operationId);
  expect(new Set(names).size).toBe(names.length);
  for (const { path, operation } of operations()) {
    expect(operation.operationId).toMatch(/^[a-z][A-Za-z0-9]+$/);
    expect(operation.summary.length).toBeGreaterThan(5);
    const inPath = operation.parameters.filter((one) => one.in === "path").map(({ name }) => name);
    expect([path, inPath.toSorted()]).toEqual([
      path,
      [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!).toSorted(),
    ]);
  }
});

test("every operation but those that are open names who may", () => {
  const open = operations().filter(({ operation }) => operation.security === undefined);
  for (const { path } of open) expect(path).toMatch(/^\/(healthz|readyz|metrics|docs|openapi\.json|v1\/session)/);
  for (const { operation } of operations()) if (operation.security) expect(operation["x-roles"]).toContain("admin");
});
