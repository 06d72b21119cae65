import { read } from "../../campaign/definition/faults.ts";
import { type EventDefinition, eventDefinition } from "../../campaign/definition/library/event.ts";
import type { EventFields } from "../../campaign/events.ts";
import { error, type Fault, pointer, warning } from "../../fault.ts";
import { isActing } from "../../intake/event-data.ts";
import type { Mapping } from "../../intake/type/mapping.ts";
import { compileSchema, type DataCheck } from "../../intake/type/schema.ts";
import { byName, type JsonFile } from "./folder.ts";

/** rules/events/, read whole. */
export interface EventTypes {
  /** what rules may ask, by type */
  fields: EventFields;
  /** by the name that a sender uses */
  names: Map<string, Mapping>;
  /** by type */
  checks: Map<string, DataCheck>;
}

/** Declared event types; their files may be called anything, since a type's dots do not look well in a file's name. */
export function eventTypesOf(files: JsonFile[], faults: Fault[]): EventTypes {
  const names = new Map<string, Mapping>();
  const checks = new Map<string, DataCheck>();
  const fields = new Map<string, EventFields[string]>();
  const homes = new Map<string, string>();
  for (const { file, json } of files) {
    const { value, faults: own } = read(eventDefinition, json);
    const tell = (fault: Fault) => void faults.push({ ...fault, file });
    own.forEach(tell);
    if (!value) continue;
    if (fields.has(value.type)) tell(twice("/type", value.type, homes.get(value.type)!));
    homes.set(value.type, file);
    const asked = Object.entries(value.fields).map(([name, type]) => [`event.${name}`, type] as const);
    fields.set(value.type, Object.fromEntries(asked));
    takeNames(value, file, names, homes, tell);
    if (value.schema) {
      const compiled = compileSchema(value.schema);
      if ("check" in compiled) checks.set(value.type, compiled.check);
      else for (const fault of compiled.faults) tell({ ...fault, pointer: `/schema${fault.pointer}` });
      contradictions(value).forEach(tell);
    }
  }
  return { fields: byName([...fields]), names, checks };
}

function takeNames(
  { type, from = [] }: EventDefinition,
  file: string,
  names: Map<string, Mapping>,
  homes: Map<string, string>,
  tell: (fault: Fault) => void,
): void {
  from.forEach(({ name, data }, index) => {
    const at = pointer("from", index, "name");
    if (name !== type && isActing(name)) {
      const message = {
        en: `${name} acts by itself and cannot mean ${type}`,
        "zh-CN": `${name} 本身会触发动作，不能改作 ${type}`,
      };
      return tell(error(at, message));
    }
    const other = homes.get(`name ${name}`);
    if (other !== undefined) return tell(twice(at, name, other));
    homes.set(`name ${name}`, file);
    return void names.set(name, { type, fields: data });
  });
}

function twice(at: string, name: string, file: string): Fault {
  const message = { en: `"${name}" is in ${file} already`, "zh-CN": `"${name}" 已写在 ${file} 中` };
  return error(at, message, { en: "put both into one file", "zh-CN": "请合并到一个文件" });
}

/** Of the types of JSON, those that a field which rules ask for may have. */
const FITTING: Record<string, string[]> = {
  boolean: ["boolean"],
  number: ["number", "integer"],
  money: ["number", "integer", "string"],
  string: ["string"],
  date: ["string"],
  strings: ["array"],
  list: ["array"],
  object: ["object"],
};

/** Fields that rules take for one thing while the schema lets in only another: such rules would never hold. */
function contradictions({ fields, schema }: EventDefinition): Fault[] {
  const properties = schema?.properties;
  if (typeof properties !== "object" || properties === null || Array.isArray(properties)) return [];
  return Object.entries(fields).flatMap(([name, type]) => {
    const said = Object.hasOwn(properties, name) ? (properties[name] as { type?: unknown } | null)?.type : undefined;
    const types = typeof said === "string" ? [said] : Array.isArray(said) ? said.map(String) : [];
    if (types.length === 0 || types.some((one) => FITTING[type]!.includes(one))) return [];
    const message = {
      en: `rules take ${name} for ${type}, the schema lets in only ${types.join(" or ")}`,
      "zh-CN": `规则把 ${name} 当作 ${type}，而模式只接受 ${types.join("、")}`,
    };
    return [
      warning(pointer("fields", name), message, {
        en: "a rule that asks for it would never hold",
        "zh-CN": "引用该字段的规则将永不成立",
      }),
    ];
  });
}
