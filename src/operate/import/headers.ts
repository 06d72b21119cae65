import { error, type Fault, InputError, nearest } from "../../fault.ts";
import { textFaults } from "../../intake/text.ts";
import { bare } from "../../intake/value/bare.ts";
import type { Home } from "./home.ts";
import type { Column, Field, Kind } from "./kind/field.ts";
import { MOST_COLUMNS, tooManyColumns } from "./table/table.ts";

/** `--map`: header by field name, or by "traits.NAME" / "data.NAME". */
export type Overrides = Map<string, string>;

/** "email=邮箱,traits.city=城市" */
export function parseOverrides(texts: string[]): Overrides {
  const pairs = texts.flatMap((text) => text.split(",")).map((pair) => pair.split(/=(.*)/s));
  const wrong = pairs.find(([field, header]) => !field?.trim() || !header?.trim());
  if (wrong) {
    throw new InputError([
      error("--map", { en: `"${wrong[0]}" is not FIELD=HEADER`, "zh-CN": `"${wrong[0]}" 不是 FIELD=HEADER 的形式` }),
    ]);
  }
  return new Map(pairs.map(([field, header]) => [field!.trim(), header!.trim()]));
}

/**
 * Where each column goes. Of several headers that could be one field, the likeliest is taken; columns that are no field
 * become traits (customers) or data (items, events).
 */
export function mapColumns(headers: string[], kind: Kind, home: Home, overrides: Overrides): Column[] {
  if (headers.filter((header) => header.trim() !== "").length > MOST_COLUMNS) throw tooManyColumns();
  const columns: (Column | undefined)[] = headers.map(() => undefined);
  const faults = [...override(columns, headers, kind, overrides), ...headers.flatMap(headerFaults)];
  if (faults.length > 0) throw new InputError(faults);
  const bares = headers.map(bare);
  for (const field of kind.fields) {
    if (columns.some((column) => column?.to === "field" && column.field === field)) continue;
    const names = [field.name, ...field.headers].map(bare);
    const place = names
      .map((name) => bares.findIndex((header, i) => header === name && !columns[i]))
      .find((i) => i >= 0);
    if (place !== undefined) columns[place] = { to: "field", field };
  }
  const taken = new Set<string>();
  return columns.map((column, i) => {
    const chosen = column ?? otherColumn(headers[i]!, kind, home);
    if (chosen.to !== "extra") return chosen;
    if (taken.has(chosen.name)) return { to: "nothing" };
    taken.add(chosen.name);
    return chosen;
  });
}

/** A column's name may become a trait's. */
function headerFaults(header: string, i: number): Fault[] {
  return textFaults(header, `column ${i + 1}`);
}

function override(columns: (Column | undefined)[], headers: string[], kind: Kind, overrides: Overrides): Fault[] {
  const faults: Fault[] = [];
  for (const [target, header] of overrides) {
    const column = columnNamed(target, kind);
    const place = headers.findIndex((name) => bare(name) === bare(header));
    if (!column) {
      const known = kind.fields.map((field) => field.name);
      faults.push(
        error(
          "--map",
          { en: `there is no field "${target}"`, "zh-CN": `没有字段 "${target}"` },
          nearest(target, known),
        ),
      );
    } else if (place < 0) {
      faults.push(
        error(
          "--map",
          { en: `the file has no column "${header}"`, "zh-CN": `文件中没有列 "${header}"` },
          nearest(header, headers),
        ),
      );
    } else columns[place] = column;
  }
  return faults;
}

function columnNamed(target: string, kind: Kind): Column | undefined {
  const field = kind.fields.find(({ name }) => name === target);
  if (field) return { to: "field", field };
  const prefix = kind.extras === "nothing" ? undefined : `${kind.extras}.`;
  if (prefix && target.startsWith(prefix) && target.length > prefix.length)
    return { to: "extra", name: target.slice(prefix.length) };
  return undefined;
}

const ROLE = /^(name|email|phone|wecom)[::]\s*(\S+)$/i;

/** A column that is none of the fields. */
export function otherColumn(header: string, kind: Kind, home: Home): Column {
  const role = kind.roles ? ROLE.exec(header.trim()) : null;
  if (role) return { to: "role", kind: role[1]!.toLowerCase() as "name", role: role[2]! };
  if (kind.extras === "nothing" || header.trim() === "") return { to: "nothing" };
  if (kind.extras === "data") return { to: "extra", name: header.trim().replace(/^data\./, "") };
  const name = header.trim().replace(/^traits\./, "");
  const known = Object.entries(home.traits).find(([trait, { labels }]) =>
    [trait, ...labels].some((label) => bare(label) === bare(name)),
  );
  return { to: "extra", name: known?.[0] ?? name.replace(/[^\p{L}\p{N}]+/gu, "_").replace(/^_+|_+$/g, "") };
}

export function missingFields(columns: Column[], kind: Kind): Field[] {
  const there = new Set(columns.map((column) => (column.to === "field" ? column.field : undefined)));
  return kind.fields.filter((field) => field.required && !there.has(field));
}

/** The columns of a file that lacks what cannot be done without. */
export function refuseColumns(file: string, headers: string[], missing: Field[]): InputError {
  const found = headers
    .filter((header) => header.trim() !== "")
    .slice(0, 30)
    .join(", ");
  return new InputError(
    missing.map((field) => ({
      file,
      ...error(
        "line 1",
        { en: `no column was recognised as ${field.name}`, "zh-CN": `没有找到可作为 ${field.name} 的列` },
        {
          en: `columns: ${found}; name it with --map ${field.name}=COLUMN`,
          "zh-CN": `现有列：${found}；请用 --map ${field.name}=列名 指定`,
        },
      ),
    })),
  );
}
