import { DateTime, IANAZone } from "luxon";
import { isTrouble, plain, scientific, trouble, type Trouble } from "./trouble.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** day 0 of spreadsheets that count from 1900, with the leap day they believe that year had */
const SERIAL_EPOCH = Date.UTC(1899, 11, 30);

/** A written time: its local parts, and its offset when it was written too. */
interface Written {
  /** local time as if it were UTC, milliseconds */
  local: number;
  /** minutes east of UTC */
  offset?: number;
}

const SEPARATED = /^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(.*)$/;
const COMPACT = /^(\d{4})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2})?)?$/;
const SERIAL = /^\d{5}(\.\d+)?$/;
const UNIX = /^(\d{10}|\d{13})$/;
const CLOCK =
  /^\s*[T,]?\s*(?:星期.|周.)?\s*(上午|下午|凌晨|早上|中午|晚上)?\s*(\d{1,2})\s*[::时点]\s*(?:(\d{1,2})\s*(?:[::分]\s*(?:(\d{1,2})(?:[.,](\d{1,9}))?\s*秒?)?)?)?\s*(AM|PM)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?$/i;
const OTHER_WAY_ROUND = /^\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}/;

/**
 * A time as people, shops and spreadsheets write it: ISO 8601, 2024/4/1 10:00, 2024年4月1日, 20240401, a spreadsheet's
 * serial number, Unix seconds or milliseconds. Without an offset it is meant in `zone`.
 */
export function parseTime(text: string, zone: string): Date | Trouble {
  const written = sensible(read(plain(text)));
  if (isTrouble(written)) return written;
  const { local, offset } = written;
  return new Date(offset === undefined ? toUtc(local, zone) : local - offset * 60_000);
}

/** A calendar day, "YYYY-MM-DD"; the time of day, if there is one, is left out. */
export function parseDay(text: string): string | Trouble {
  const written = sensible(read(plain(text)));
  return isTrouble(written) ? written : new Date(written.local).toISOString().slice(0, 10);
}

function sensible(written: Written | Trouble): Written | Trouble {
  if (isTrouble(written)) return written;
  const year = new Date(written.local).getUTCFullYear();
  return year < 1900 || year > 2199 ? trouble(`the year ${year} cannot be meant`, `年份 ${year} 不合理`) : written;
}

function read(text: string): Written | Trouble {
  const separated = SEPARATED.exec(text);
  if (separated) return dated(separated, separated[4]!);
  const compact = COMPACT.exec(text);
  if (compact) return at(compact, Number(compact[4] ?? 0), Number(compact[5] ?? 0), Number(compact[6] ?? 0), 0);
  // before any arithmetic: a serial's fraction is a part of a day, good to the second
  if (SERIAL.test(text)) return { local: SERIAL_EPOCH + Math.round(Number(text) * 86_400) * 1000 };
  if (UNIX.test(text)) return { local: Number(text) * (text.length === 10 ? 1000 : 1), offset: 0 };
  if (OTHER_WAY_ROUND.test(text)) {
    return trouble("day and month cannot be told apart", "无法分辨日和月的先后", {
      en: "write the year first: 2024-04-01",
      "zh-CN": "请把年份写在最前：2024-04-01",
    });
  }
  return scientific(text) ?? unreadable();
}

function dated(match: RegExpExecArray, rest: string): Written | Trouble {
  if (rest.trim() === "") return at(match, 0, 0, 0, 0);
  const clock = CLOCK.exec(rest);
  if (!clock) return unreadable();
  const half = clock[1] ?? clock[6]?.toUpperCase();
  let hour = Number(clock[2]);
  if (half !== undefined && hour <= 12) {
    const afternoon = half === "下午" || half === "晚上" || half === "PM" || (half === "中午" && hour < 11);
    hour = afternoon ? (hour % 12) + 12 : half === "中午" ? hour : hour % 12;
  }
  const fraction = Math.floor(Number(`0.${clock[5] ?? "0"}`) * 1000);
  const written = at(match, hour, Number(clock[3] ?? 0), Number(clock[4] ?? 0), fraction);
  if (isTrouble(written) || clock[7] === undefined) return written;
  return { ...written, offset: offsetOf(clock[7]) };
}

function offsetOf(text: string): number {
  const match = /^([+-])(\d{2}):?(\d{2})?$/.exec(text);
  if (!match) return 0;
  const minutes = Number(match[2]) * 60 + Number(match[3] ?? 0);
  return match[1] === "-" ? -minutes : minutes;
}

function at(match: RegExpExecArray, hour: number, minute: number, second: number, ms: number): Written | Trouble {
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const local = Date.UTC(year, month - 1, day, hour, minute, second, ms);
  const back = new Date(local);
  const exists =
    back.getUTCFullYear() === year &&
    back.getUTCMonth() === month - 1 &&
    back.getUTCDate() === day &&
    hour < 24 &&
    minute < 60 &&
    second < 60;
  return exists ? { local } : trouble("there is no such date or time", "不存在这样的日期或时间");
}

function unreadable(): Trouble {
  return trouble("not a date or time", "不是日期或时间", {
    en: "write it as 2024-04-01 or 2024-04-01 10:00",
    "zh-CN": "请写成 2024-04-01 或 2024-04-01 10:00",
  });
}

/** offset of a zone on a local day, null where it changes about then; one lookup per day instead of one per row */
const offsets = new Map<string, number | null>();

function toUtc(local: number, zone: string): number {
  const day = Math.floor(local / DAY);
  const key = `${zone} ${day}`;
  let offset = offsets.get(key);
  if (offset === undefined) {
    const rules = IANAZone.create(zone);
    const before = rules.offset(day * DAY - DAY);
    offset = before === rules.offset(day * DAY + 2 * DAY) ? before : null;
    if (offsets.size > 100_000) offsets.clear();
    offsets.set(key, offset);
  }
  if (offset !== null) return local - offset * 60_000;
  // of a time that the clocks show twice the earlier is meant; left to itself the library goes by the season of today
  const time = DateTime.fromMillis(local, { zone: "utc" }).setZone(zone, { keepLocalTime: true });
  return Math.min(...time.getPossibleOffsets().map((one) => one.toMillis()));
}
