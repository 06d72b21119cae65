import { DateTime } from "luxon";
import { refuse } from "../fault.ts";

/**
 * `--as-of`: an ISO 8601 time, or a day, which means its end; without a zone in the home's.
 * @param name of the option or field, for who wrote it wrong
 * @throws InputError when it is neither
 */
export function parseAsOf(text: string, homeZone: string, name = "--as-of"): Date {
  const time = DateTime.fromISO(text, { zone: homeZone });
  if (!time.isValid) {
    throw refuse(
      name,
      { en: `"${text}" is not a time`, "zh-CN": `"${text}" 不是有效时间` },
      { en: "such as 2026-04-01 or 2026-04-01T10:00", "zh-CN": "例如 2026-04-01 或 2026-04-01T10:00" },
    );
  }
  return (/^\d{4}-?\d{2}-?\d{2}$/.test(text) ? time.endOf("day") : time).toJSDate();
}
