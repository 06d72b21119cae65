import { error, type Fault, pointer } from "../../fault.ts";
import { list, record } from "../definition/journey.ts";
import type { Check } from "./check.ts";

/** Plan rows lie within their phase, end no earlier than they begin, and wait for nothing that waits for them. */
export const plan: Check = (definition) => {
  const days = new Map(list(definition.phases).map((item) => [record(item)?.id, record(item)?.days]));
  const rows = list(definition.plan).map((item) => record(item) ?? {});
  return rows.flatMap((row, index) => {
    const at = `/plan${pointer(index)}`;
    const faults: Fault[] = [];
    const { from, to } = row;
    const length = days.get(row.phase);
    if (typeof from === "number" && typeof to === "number" && to < from) {
      faults.push(
        error(`${at}/to`, { en: `day ${to} is before day ${from}`, "zh-CN": `第 ${to} 天早于第 ${from} 天` }),
      );
    }
    if (typeof to === "number" && typeof length === "number" && length > 0 && to >= length) {
      const last = { en: `its phase has days 0 to ${length - 1}`, "zh-CN": `该阶段为第 0 至 ${length - 1} 天` };
      faults.push(
        error(`${at}/to`, { en: `day ${to} is outside its phase`, "zh-CN": `第 ${to} 天超出所属阶段` }, last),
      );
    }
    if (typeof row.id === "string" && waitsForItself(row.id, rows)) {
      faults.push(error(`${at}/after`, { en: `"${row.id}" waits for itself`, "zh-CN": `"${row.id}" 循环依赖自身` }));
    }
    return faults;
  });
};

function waitsForItself(id: string, rows: readonly Record<string, unknown>[]): boolean {
  const after = new Map(rows.map((row) => [row.id, list(row.after)]));
  const seen = new Set<unknown>();
  const open = [...(after.get(id) ?? [])];
  while (open.length > 0) {
    const next = open.pop();
    if (next === id) return true;
    if (seen.has(next)) continue;
    seen.add(next);
    open.push(...(after.get(next) ?? []));
  }
  return false;
}
