import { describe, expect, test } from "vitest";
import { keyOf, returning } from "../../src/rule/anniversary.ts";

const returns = (calendar: "solar" | "lunar", date: string, today: string, within = 0) =>
  returning(calendar, today, within).has(keyOf(calendar, date));

describe("a date returns", () => {
  test.each([
    ["new year's day of 2000 on that of 2026", "2000-02-05", "2026-02-17", true],
    ["mid-autumn of 1990 on that of 2025", "1990-10-03", "2025-10-06", true],
    ["not a day later", "1990-10-03", "2025-10-07", false],
    ["from a leap month in the ordinary one of that number", "2025-07-25", "2026-07-14", true],
    ["in a year with that leap month in the ordinary one", "1979-07-24", "2025-06-25", true],
    ["in a year with that leap month not a second time", "1979-07-24", "2025-07-25", false],
    ["from the 30th on the 29th when the month ends with it", "2024-02-09", "2025-01-28", true],
    ["from the 30th on the 30th when there is one", "2024-02-09", "2023-01-21", true],
    ["and then not on the 29th", "2024-02-09", "2023-01-20", false],
    ["not before 1850", "1840-02-03", "2026-02-17", false],
  ])("%s", (_, date, today, answer) => {
    expect(returns("lunar", date, today)).toBe(answer);
  });

  test.each([
    ["1988-02-29", "2027-02-28", true],
    ["1988-02-29", "2028-02-28", false],
    ["1988-02-29", "2028-02-29", true],
    ["1988-02-29", "2027-03-01", false],
    ["0001-12-31", "2026-12-31", true],
  ])("by the sun: %s on %s is %s", (date, today, answer) => {
    expect(returns("solar", date, today)).toBe(answer);
  });

  test("a week ahead reaches over the end of the year, and each lunar date returns once a year", () => {
    expect(returns("solar", "1990-01-02", "2026-12-28", 6)).toBe(true);
    expect(returns("solar", "1990-01-04", "2026-12-28", 6)).toBe(false);
    // from one lunar new year to the next
    const days = (from: string, count: number) =>
      Array.from({ length: count }, (_, i) => new Date(Date.parse(from) + i * 86_400_000).toISOString().slice(0, 10));
    for (const date of ["2025-07-25", "2024-02-09", "2023-04-04", "1990-03-10"]) {
      const found = days("2025-01-29", 384).filter((today) => returns("lunar", date, today));
      expect(found).toHaveLength(1);
    }
  });
});
