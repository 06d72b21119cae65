import { z } from "zod";
import { heedsKey } from "../guard/idempotency.ts";
import { type Described, sendDocs } from "../page/docs.ts";
import { type AnyRoute, route } from "../route.ts";
import type { Locale } from "../problem.ts";
import { problem } from "../schema.ts";
import { openShared, type Shared } from "./schemas.ts";

type Json = Record<string, unknown>;

/** GET /openapi.json and GET /docs: the description of `routes`, made once in each language, when it is first asked for. */
export function descriptionRoutes(routes: AnyRoute[], url: () => string): AnyRoute[] {
  const made: Partial<Record<Locale, ReturnType<typeof openApi>>> = {};
  const own: AnyRoute[] = [];
  const describe = (locale: Locale) => ({
    ...(made[locale] ??= openApi([...routes, ...own], locale)),
    servers: [{ url: url() }],
  });
  own.push(openApiRoute(describe), docsRoute(describe));
  return own;
}

/** Made from the schemas that read the routes' requests (OpenAPI 3.1). */
function openApiRoute(describe: (locale: Locale) => unknown): AnyRoute {
  const document = z.looseObject({ openapi: z.string() });
  return route({
    method: "GET",
    path: "/openapi.json",
    tag: "documentation",
    summary: { en: "This description", "zh-CN": "本说明" },
    roles: "open",
    answer: document,
    async handle({ reply, locale }) {
      reply.header("vary", "accept-language");
      return describe(locale);
    },
  });
}

/** The same as a page for people, in their language. */
function docsRoute(describe: (locale: Locale) => unknown): AnyRoute {
  return route({
    method: "GET",
    path: "/docs",
    tag: "documentation",
    summary: { en: "This description as a page for people", "zh-CN": "本说明的网页版" },
    roles: "open",
    type: "text/html; charset=utf-8",
    handle: async ({ reply, locale }) => sendDocs(reply, describe(locale) as Described, locale),
  });
}

/** @param locale of the lines that say what each operation is for */
export function openApi(
  routes: AnyRoute[],
  locale: Locale = "en",
): { openapi: string; paths: Record<string, Json> } & Json {
  const shared = openShared();
  const problems = shared.schemaOf(problem, "output");
  const paths: Record<string, Json> = {};
  for (const one of routes)
    (paths[one.path] ??= {})[one.method.toLowerCase()] = operation(one, locale, problems, shared);
  return {
    openapi: "3.1.0",
    info: { title: "Rekindle", version: "1", license: { name: "Apache-2.0", identifier: "Apache-2.0" } },
    security: [],
    tags: [...new Set(routes.map((one) => one.tag))].map((name) => ({ name })),
    paths,
    components: {
      schemas: shared.schemas,
      securitySchemes: { key: { type: "http", scheme: "bearer", description: "an API key: rk_…" } },
    },
  };
}

function operation(one: AnyRoute, locale: Locale, problems: Json, { schemaOf }: Shared): Json {
  const body = one.body ?? one.reads;
  const open = one.roles === "open";
  return {
    operationId: `${one.method.toLowerCase()} ${one.path}`.replaceAll(/\W+(\w?)/g, (_, next: string) =>
      next.toUpperCase(),
    ),
    tags: [one.tag],
    summary: one.summary[locale],
    ...(!open && { security: [{ key: [] }], "x-roles": [...(one.roles as string[]), "admin"] }),
    parameters: [
      ...parameters(one.params && schemaOf(one.params, "input"), "path"),
      ...parameters(one.query && schemaOf(one.query, "input"), "query"),
      ...headers(one),
    ],
    ...(body && {
      requestBody: { required: true, content: { "application/json": { schema: schemaOf(body, "input") } } },
    }),
    ...(one.file && {
      requestBody: { required: true, content: Object.fromEntries(one.file.map((type) => [type, {}])) },
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
        content: { "application/problem+json": { schema: problems } },
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

function parameters(schema: Json | undefined, place: "path" | "query"): Json[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = schema as { properties?: Json; required?: string[] };
  return Object.entries(properties).map(([name, value]) => ({
    name,
    in: place,
    required: place === "path" || required.includes(name),
    schema: value,
  }));
}
