import type { openApi } from "./document.ts";

interface Schema {
  $ref?: string;
  const?: unknown;
  enum?: unknown[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  type?: string | string[];
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: Schema | boolean;
  items?: Schema;
  prefixItems?: Schema[];
  description?: string;
}

interface Operation {
  tags: string[];
  summary: string;
  parameters: {
    name: string;
    in: "path" | "query" | "header";
    required: boolean;
    schema: Schema;
    description?: string;
  }[];
  requestBody?: { content: Record<string, { schema?: Schema }> };
  responses: Record<string, { content?: Record<string, { schema?: Schema }> }>;
}

const HEAD = "// Made of the routes by `npm run client`; not to be edited.\n";
const KEY = "Idempotency-Key";

/** The typed client's types, as texts by file name in src/client/api/: a file per noun, and what the nouns share. */
export function clientTypes(document: ReturnType<typeof openApi>): Record<string, string> {
  const { schemas } = document.components as { schemas: Record<string, Schema> };
  const nouns = new Map<string, string[]>();
  const keyed: string[] = [];
  const filed: string[] = [];
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const [method, given] of Object.entries(operations)) {
      const operation = given as Operation;
      const name = `${method.toUpperCase()} ${path}`;
      const tag = operation.tags[0]!;
      const lines = nouns.get(tag) ?? [];
      nouns.set(tag, lines);
      lines.push(`  /** ${operation.summary} */\n  ${JSON.stringify(name)}: ${routeType(operation)};\n`);
      if (operation.parameters.some((parameter) => parameter.name === KEY)) keyed.push(name);
      if (operation.requestBody && !operation.requestBody.content["application/json"]?.schema) filed.push(name);
    }
  }
  const files: Record<string, string> = {};
  const names = Object.keys(schemas).map(nameOf).sort();
  for (const [tag, lines] of nouns) {
    // neither what is said about a type nor a text that it may be is a use of another
    const bare = lines.join("").replaceAll(/\/\*\*.*?\*\/|"(?:[^"\\]|\\.)*"/g, "");
    const used = names.filter((name) => new RegExp(`\\b${name}\\b`).test(bare));
    const imports = used.length > 0 ? `import type { ${used.join(", ")} } from "./schemas.ts";\n` : "";
    files[`${tag}.ts`] = `${HEAD}${imports}\nexport interface ${interfaceOf(tag)} {\n${lines.join("")}}\n`;
  }
  const shapes = Object.entries(schemas).map(([name, schema]) => `export type ${nameOf(name)} = ${typeOf(schema)};\n`);
  files["schemas.ts"] = `${HEAD}\n${shapes.sort().join("\n")}`;
  files["routes.ts"] = routesFile([...nouns.keys()], keyed, filed);
  return files;
}

function routesFile(tags: string[], keyed: string[], filed: string[]): string {
  const imports = tags.map((tag) => `import type { ${interfaceOf(tag)} } from "./${tag}.ts";\n`).join("");
  const all = tags.map(interfaceOf).join(", ");
  const list = (names: string[]) => names.map((name) => `  ${JSON.stringify(name)},\n`).join("");
  return `${HEAD}${imports}
/** Every address of the API: what it takes and what it answers. */
export interface Routes extends ${all} {}

/** Those that do what they are asked once, however often it is asked under the same ${KEY}. */
export const KEYED: ReadonlySet<string> = new Set([
${list(keyed)}]);

/** Those that take a file. */
export const FILED: ReadonlySet<string> = new Set([
${list(filed)}]);
`;
}

function interfaceOf(tag: string): string {
  return `${tag[0]!.toUpperCase()}${tag.slice(1)}Routes`;
}

function routeType({ parameters, requestBody, responses }: Operation): string {
  const parts: string[] = [];
  for (const [place, name] of [
    ["path", "path"],
    ["query", "query"],
    ["header", "headers"],
  ] as const) {
    const among = parameters.filter((parameter) => parameter.in === place && parameter.name !== KEY);
    if (among.length === 0) continue;
    const properties = Object.fromEntries(
      among.map(({ name: own, schema, description }) => [own, { description, ...schema }]),
    );
    const required = among.filter((parameter) => parameter.required).map((parameter) => parameter.name);
    const optional = required.length === 0 ? "?" : "";
    parts.push(
      `${name}${optional}: ${typeOf({ type: "object", properties: properties as Record<string, Schema>, required })}`,
    );
  }
  if (requestBody) parts.push(`body: ${bodyType(requestBody.content)}`);
  parts.push(`answer: ${answerType(responses)}`);
  return `{ ${parts.join("; ")} }`;
}

/** JSON, or a file and what it is. */
function bodyType(content: NonNullable<Operation["requestBody"]>["content"]): string {
  const json = content["application/json"]?.schema;
  if (json) return typeOf(json);
  const types = Object.keys(content).map((type) => JSON.stringify(type));
  return `{ type: ${types.join(" | ")}; file: string | ArrayBuffer }`;
}

function answerType(responses: Operation["responses"]): string {
  const [, done] = Object.entries(responses).find(([status]) => status.startsWith("2"))!;
  const [type, content] = Object.entries(done.content ?? {})[0] ?? [];
  if (type === undefined) return "undefined";
  if (type === "application/json") return typeOf(content!.schema ?? {});
  return type.startsWith("text/") ? "string" : "ArrayBuffer";
}

/** A JSON Schema, as zod writes it, in TypeScript. */
function typeOf(schema: Schema): string {
  if (schema.$ref !== undefined) return nameOf(schema.$ref.split("/").at(-1)!);
  if ("const" in schema) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  const some = schema.anyOf ?? schema.oneOf;
  if (some) return [...new Set(some.map((one) => typeOf(one)))].join(" | ");
  if (schema.allOf) return schema.allOf.map((one) => grouped(typeOf(one))).join(" & ");
  if (Array.isArray(schema.type)) return schema.type.map((type) => typeOf({ ...schema, type })).join(" | ");
  switch (schema.type) {
    case "string":
    case "boolean":
    case "null":
      return schema.type;
    case "integer":
    case "number":
      return "number";
    case "array":
      if (schema.prefixItems) return `[${schema.prefixItems.map((item) => typeOf(item)).join(", ")}]`;
      return `${grouped(typeOf(schema.items ?? {}))}[]`;
    case "object":
      return objectType(schema);
    default:
      return "unknown";
  }
}

function objectType({ properties = {}, required = [], additionalProperties: more }: Schema) {
  const parts = Object.entries(properties).map(([name, property]) => {
    const said = property.description ? `/** ${property.description.replaceAll("*/", "* /")} */ ` : "";
    const own = /^[a-z_]\w*$/i.test(name) ? name : JSON.stringify(name);
    return `${said}${own}${required.includes(name) ? "" : "?"}: ${typeOf(property)}`;
  });
  const rest = typeof more === "object" ? typeOf(more) : more === true ? "unknown" : undefined;
  if (rest !== undefined && parts.length === 0) return `Record<string, ${rest}>`;
  // what is named is part of what is not, so that only the widest type can stand for all of it
  if (rest !== undefined) parts.push("[name: string]: unknown");
  return parts.length === 0 ? "Record<string, never>" : `{ ${parts.join("; ")} }`;
}

function nameOf(name: string): string {
  const plain = name.replaceAll(/\W|_/g, "");
  return `${plain[0]!.toUpperCase()}${plain.slice(1)}`;
}

function grouped(type: string): string {
  return /[|&]/.test(type) && !/^[[{]/.test(type) ? `(${type})` : type;
}
