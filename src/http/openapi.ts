import { z } from "zod";
import { heedsKey } from "./idempotency.ts";
import { type AnyRoute, route } from "./route.ts";
import { problem } from "./schema.ts";

type Json = Record<string, unknown>;

/** GET /openapi.json: the description of `routes`, made from the schemas that read their requests (OpenAPI 3.1). */
export function openApiRoute(routes: AnyRoute[], url: () => string): AnyRoute {
  const document = z.looseObject({ openapi: z.string() });
  return route({
    method: "GET",
    path: "/openapi.json",
    tag: "documentation",
    summary: "This description",
    roles: "open",
    answer: document,
    handle: async () => ({ ...openApi(routes), servers: [{ url: url() }] }),
  });
}

export function openApi(routes: AnyRoute[]): { openapi: string; paths: Record<string, Json> } & Json {
  const paths: Record<string, Json> = {};
  for (const one of routes) (paths[one.path] ??= {})[one.method.toLowerCase()] = operation(one);
  return {
    openapi: "3.1.0",
    info: { title: "Rekindle", version: "1", license: { name: "Apache-2.0", identifier: "Apache-2.0" } },
    security: [],
    tags: [...new Set(routes.map((one) => one.tag))].map((name) => ({ name })),
    paths,
    components: {
      schemas: { Problem: schemaOf(problem, "output") },
      securitySchemes: { key: { type: "http", scheme: "bearer", description: "an API key: rk_…" } },
    },
  };
}

function operation(one: AnyRoute): Json {
  const body = one.body ?? one.reads;
  const open = one.roles === "open";
  return {
    operationId: `${one.method.toLowerCase()} ${one.path}`.replaceAll(/\W+(\w?)/g, (_, next: string) =>
      next.toUpperCase(),
    ),
    tags: [one.tag],
    summary: one.summary,
    ...(!open && { security: [{ key: [] }], "x-roles": [...(one.roles as string[]), "admin"] }),
    parameters: [...parameters(one.params, "path"), ...parameters(one.query, "query"), ...headers(one)],
    ...(body && {
      requestBody: { required: true, content: { "application/json": { schema: schemaOf(body, "input") } } },
    }),
    responses: {
      [one.status ?? 200]: {
        description: "done",
        ...(one.answer
          ? { content: { "application/json": { schema: schemaOf(one.answer, "output") } } }
          : one.type && { content: { [one.type]: {} } }),
      },
      default: {
        description: "a problem",
        content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
      },
    },
  };
}

function headers(one: AnyRoute): Json[] {
  const heeded = {
    ...one.headers,
    ...(heedsKey(one) && { "Idempotency-Key": "the same key again: the same answer again" }),
  };
  return Object.entries(heeded).map(([name, description]) => ({
    ...{ name, in: "header", required: false, description },
    schema: { type: "string" },
  }));
}

function parameters(schema: z.ZodType | undefined, place: "path" | "query"): Json[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = schemaOf(schema, "input") as { properties?: Json; required?: string[] };
  return Object.entries(properties).map(([name, value]) => ({
    name,
    in: place,
    required: place === "path" || required.includes(name),
    schema: value,
  }));
}

/** Shared schemas are written out where they are used, so that each stands for itself. */
function schemaOf(schema: z.ZodType, io: "input" | "output"): Json {
  const {
    $schema: _,
    id: __,
    ...rest
  } = z.toJSONSchema(schema, { io, unrepresentable: "any", reused: "inline" }) as Json;
  return rest;
}
