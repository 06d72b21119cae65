import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { IANAZone } from "luxon";
import { z } from "zod";
import { digitsOf } from "../../campaign/currency.ts";
import { type Fault, refuse } from "../../fault.ts";
import { eventTypesOf } from "../rules/event-types.ts";
import { readJsonFolder } from "../rules/folder.ts";
import type { Vocabulary } from "../../intake/vocabulary.ts";

/** What an import needs to know of rules/: how to read times and amounts, and what traits are. */
export interface Home extends Vocabulary {
  timezone: string;
  /** decimal places of the currency */
  exponent: number;
  /** of rules/events/, which an import of events needs whole */
  faults: Fault[];
}

const home = z.looseObject({
  timezone: z.string().refine((zone) => IANAZone.isValidZone(zone), "no such time zone"),
  currency: z.string().regex(/^[A-Z]{3}$/),
});
const traits = z.record(z.string(), z.unknown()).transform((all) =>
  Object.fromEntries(
    Object.entries(all).flatMap(([name, entry]) => {
      const parsed = trait.safeParse(entry);
      return parsed.success ? [[name, { type: parsed.data.type, labels: Object.values(parsed.data.label ?? {}) }]] : [];
    }),
  ),
);
const trait = z.looseObject({
  type: z.enum(["boolean", "number", "money", "string", "date", "strings"]),
  label: z.record(z.string(), z.string()).optional(),
});

/** Reads only what an import needs: a fault elsewhere in rules/ is no reason not to import. */
export async function readHome(rules: string): Promise<Home> {
  const { timezone, currency } = await read(join(rules, "home.json"), home);
  const faults: Fault[] = [];
  const { names, checks } = eventTypesOf(await readJsonFolder(join(rules, "events"), faults), faults);
  return {
    timezone,
    currency,
    names,
    checks,
    faults: faults.filter((fault) => fault.severity === "error"),
    exponent: digitsOf(currency),
    traits: await read(join(rules, "traits.json"), traits, {}),
  };
}

async function read<T>(file: string, schema: z.ZodType<T>, otherwise?: T): Promise<T> {
  const text = await readFile(file, "utf8").catch(() => undefined);
  if (text === undefined) {
    if (otherwise !== undefined) return otherwise;
    throw refuse(
      file,
      { en: "the file is not there", "zh-CN": "文件不存在" },
      {
        en: 'it says { "timezone": "Asia/Shanghai", "currency": "CNY" }',
        "zh-CN": '内容如 { "timezone": "Asia/Shanghai", "currency": "CNY" }',
      },
    );
  }
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    const why =
      error instanceof z.ZodError
        ? error.issues.map((issue) => `/${issue.path.join("/")} ${issue.message}`).join("; ")
        : "not JSON";
    throw refuse(
      file,
      { en: why, "zh-CN": why },
      { en: "`validate` names every fault", "zh-CN": "运行 validate 可列出全部问题" },
    );
  }
}
