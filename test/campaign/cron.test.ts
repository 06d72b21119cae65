import { expect, test } from "vitest";
import { cronTimes } from "../../src/campaign/cron.ts";
import { zoneAround } from "../../src/store/zone.ts";

const minute = (time: string) => Date.parse(time) / 60_000;
const next = (line: string, zone: string, from: string, most = 3) =>
  cronTimes(line, zoneAround(zone, minute(from)), minute(from), minute(from) + 800 * 1440, most).map((at) =>
    new Date(at * 60_000).toISOString().slice(0, 16),
  );

test.each([
  ["0 10 1 4 *", "Asia/Shanghai", "2026-04-01T01:59Z", ["2026-04-01T02:00", "2027-04-01T02:00", "2028-04-01T02:00"]],
  ["0 10 1 4 *", "Asia/Shanghai", "2026-04-01T02:00Z", ["2027-04-01T02:00", "2028-04-01T02:00"]],
  ["30 9 * * 1,5", "Asia/Shanghai", "2026-04-01T00:00Z", ["2026-04-03T01:30", "2026-04-06T01:30", "2026-04-10T01:30"]],
  ["0 0 * * 7", "UTC", "2026-04-01T00:00Z", ["2026-04-05T00:00", "2026-04-12T00:00", "2026-04-19T00:00"]],
  ["*/20 8-9/1 31 * *", "UTC", "2026-04-01T00:00Z", ["2026-05-31T08:00", "2026-05-31T08:20", "2026-05-31T08:40"]],
  ["0 0 29 2 *", "UTC", "2026-04-01T00:00Z", ["2028-02-29T00:00"]],
  // New York's clocks go forward at 02:00 on 8 March and back at 02:00 on 1 November 2026
  ["0 9 * * *", "America/New_York", "2026-03-07T00:00Z", ["2026-03-07T14:00", "2026-03-08T13:00", "2026-03-09T13:00"]],
  ["30 1 1 11 *", "America/New_York", "2026-04-01T00:00Z", ["2026-11-01T05:30", "2027-11-01T05:30"]],
] as const)("%s in %s after %s", (line, zone, from, times) => {
  expect(next(line, zone, from)).toEqual(times);
});
