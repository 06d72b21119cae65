import { z } from "zod";

type Json = Record<string, unknown>;

/** JSON Schemas of one document: those that have an id are written once, below components, and referred to. */
export interface Shared {
  schemas: Record<string, Json>;
  schemaOf(schema: z.ZodType, io: "input" | "output"): Json;
}

const LOCAL = "#/$defs/";

export function openShared(): Shared {
  const schemas: Record<string, Json> = {};
  /** what was written under a name, before references were turned */
  const written = new Map<string, string>();

  function schemaOf(schema: z.ZodType, io: "input" | "output"): Json {
    const { $schema: _, $defs = {}, ...rest } = z.toJSONSchema(schema, OPTIONS[io]) as Json & { $defs?: Json };
    const names = new Map(Object.entries($defs).map(([id, one]) => [id, nameOf(id, one, io)]));
    const turned = (value: unknown): unknown => turn(value, names);
    for (const [id, one] of Object.entries($defs)) schemas[names.get(id)!] = without(turned(one) as Json, "id");
    return without(turned(rest) as Json, "id");
  }

  /** What is read may differ from what is answered under the same id. */
  function nameOf(id: string, one: unknown, io: "input" | "output"): string {
    const text = JSON.stringify(one);
    const name = (written.get(id) ?? text) === text ? id : `${id}${io === "input" ? "Read" : "Answered"}`;
    written.set(name, text);
    return name;
  }

  return { schemas, schemaOf };
}

const OPTIONS = {
  input: { io: "input", unrepresentable: "any", reused: "inline" },
  // answers may grow: nobody shall refuse one for a field that they do not know
  output: {
    io: "output",
    unrepresentable: "any",
    reused: "inline",
    override: ({ jsonSchema }) => {
      if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
    },
  },
} as const satisfies Record<string, Parameters<typeof z.toJSONSchema>[1]>;

/** References to local definitions become references to components. */
function turn(value: unknown, names: Map<string, string>): unknown {
  if (Array.isArray(value)) return value.map((each) => turn(each, names));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) =>
      key === "$ref" && typeof inner === "string" && inner.startsWith(LOCAL)
        ? [key, `#/components/schemas/${names.get(inner.slice(LOCAL.length))}`]
        : [key, turn(inner, names)],
    ),
  );
}

function without(schema: Json, key: string): Json {
  const { [key]: _, ...rest } = schema;
  return rest;
}
