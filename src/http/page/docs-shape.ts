import { Html, html } from "./html.ts";

/** Of JSON Schema, what our documents use. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  format?: string;
  default?: unknown;
  description?: string | undefined;
}

/** Of an operation, what the page shows. */
export interface Operation {
  operationId: string;
  tags: string[];
  summary: string;
  "x-roles"?: string[];
  parameters: { name: string; in: string; required: boolean; description?: string; schema: Schema }[];
  requestBody?: { content: Record<string, { schema?: Schema }> };
  responses: Record<string, { content?: Record<string, { schema?: Schema }> }>;
}

export const SCHEMAS = "#/components/schemas/";

/** A schema as people read JSON: { "name": string, … }; shared ones are links. */
export function shapeOf(schema: Schema, indent = ""): Html {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.slice(SCHEMAS.length);
    return html`<a href="#schema-${name}">${name}</a>`;
  }
  if (schema.const !== undefined) return html`${JSON.stringify(schema.const)}`;
  if (schema.enum) return html`${schema.enum.map((value) => JSON.stringify(value)).join(" | ")}`;
  const either = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  if (either)
    return joined(
      either.map((one) => shapeOf(one, indent)),
      schema.allOf ? " & " : " | ",
    );
  if (schema.items) return html`[ ${shapeOf(schema.items, indent)} ]`;
  if (schema.properties) return objectOf(schema, indent);
  const more = schema.additionalProperties;
  if (typeof more === "object" && Object.keys(more).length > 0) {
    return html`{ [name]: ${shapeOf(more, indent)} }`;
  }
  const type = Array.isArray(schema.type) ? schema.type.join(" | ") : (schema.type ?? "any");
  return html`${schema.format === undefined ? type : `${type} (${schema.format})`}`;
}

function objectOf({ properties = {}, required = [], additionalProperties }: Schema, indent: string): Html {
  const inner = `${indent}  `;
  const lines = Object.entries(properties).flatMap(([name, one]) => {
    const mark = required.includes(name) ? "" : "?";
    const about = one.description === undefined ? "" : `  // ${one.description}`;
    const shape = shapeOf({ ...one, description: undefined }, inner);
    return [plain(`${inner}${name}${mark}: `), shape, plain(`,${about}\n`)];
  });
  const open = additionalProperties !== undefined && additionalProperties !== false;
  return joined([plain("{\n"), ...lines, plain(`${open ? `${inner}…\n` : ""}${indent}}`)]);
}

/** Put together by hand: of a template the formatter would take the line breaks. */
function joined(parts: Html[], by = ""): Html {
  return new Html(parts.map((part) => part.text).join(by));
}

function plain(text: string): Html {
  return html`${text}`;
}
