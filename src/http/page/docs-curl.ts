import { type Operation, type Schema, SCHEMAS } from "./docs-shape.ts";

type Schemas = Record<string, Schema>;

/** How to ask an operation from a shell; what may be left out is. */
export function curlOf(method: string, url: string, operation: Operation, schemas: Schemas): string {
  const required = operation.parameters.filter((one) => one.in === "query" && one.required);
  const query = required.map(({ name, schema }) => `${name}=${word(exampleOf(schema, schemas))}`).join("&");
  const address = url.replaceAll(/\{(\w+)\}/g, (_, name: string) => name.toUpperCase());
  const [type, body] = Object.entries(operation.requestBody?.content ?? {})[0] ?? [];
  const parts = [
    `curl${method === "GET" ? "" : ` -X ${method}`} ${quoted(query ? `${address}?${query}` : address)}`,
    ...(operation["x-roles"] ? ['-H "Authorization: Bearer $REKINDLE_KEY"'] : []),
    ...(type === undefined ? [] : [`-H ${quoted(`Content-Type: ${type}`)}`]),
    ...(body === undefined
      ? []
      : [body.schema ? `-d ${quoted(JSON.stringify(exampleOf(body.schema, schemas)))}` : "--data-binary @FILE"]),
  ];
  return parts.join(" \\\n  ");
}

/** The smallest value that a schema may mean. */
export function exampleOf(schema: Schema, schemas: Schemas, depth = 0): unknown {
  if (schema.$ref !== undefined) return exampleOf(schemas[schema.$ref.slice(SCHEMAS.length)] ?? {}, schemas, depth);
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  if (schema.default !== undefined) return schema.default;
  const [first] = schema.anyOf ?? schema.oneOf ?? schema.allOf ?? [];
  if (first) return exampleOf(first, schemas, depth);
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  switch (type) {
    case "array":
      return schema.items && depth < 4 ? [exampleOf(schema.items, schemas, depth + 1)] : [];
    case "object": {
      const needed = Object.entries(schema.properties ?? {}).filter(([name]) => schema.required?.includes(name));
      return Object.fromEntries(needed.map(([name, one]) => [name, exampleOf(one, schemas, depth + 1)]));
    }
    case "number":
    case "integer":
      return 1;
    case "boolean":
      return true;
    case "null":
      return null;
    default:
      return schema.format === "date-time" ? "2026-04-01T10:00:00+08:00" : "…";
  }
}

function word(value: unknown): string {
  return encodeURIComponent(typeof value === "string" ? value : JSON.stringify(value));
}

/** For a shell: nothing between single quotes means anything else. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
