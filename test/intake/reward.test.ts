import fc from "../support/property.ts";
import { describe, expect, test } from "vitest";
import { type Rest, streakAround, streaks, timesEarned } from "../../src/intake/reward.ts";

const awake: Rest = { whole: () => false, part: () => false };
const paused = (whole: number[], part: number[] = []): Rest => ({
  whole: (day) => whole.includes(day),
  part: (day) => part.includes(day),
});
const days = (text: string) => new Set(text.split("").flatMap((mark, i) => (mark === "x" ? [100 + i] : [])));

describe("streaks", () => {
  test.each([
    ["xxxxxxx", awake, 1, "seven in a row"],
    ["xxxxxx", awake, 0, "six are not enough"],
    ["xxx.xxxx", awake, 0, "a gap begins anew"],
    ["xxxxxxxxxxxxxx", awake, 2, "fourteen in a row earn it twice"],
    ["xxxxxxx.xxxxxxx", awake, 2, "two streaks"],
    ["xxx.xxxx", paused([103]), 1, "a paused day breaks nothing"],
    ["xxxxxxx", paused([103]), 0, "and counts for nothing"],
    ["xxx.xxxx", paused([], [103]), 1, "nor does a day that was paused for a while"],
    ["xxxxxxx", paused([], [103]), 1, "which does count with a check-in"],
  ])("%s", (text, rest, times) => {
    expect(timesEarned({ streak: 7, gift: "mug" }, days(text), rest)).toBe(times);
  });
  test("the streak that a late check-in joins is told whole", () => {
    expect(streakAround(102, days("xxxxx.x"), awake)).toBe(5);
    expect(streakAround(106, days("xxxxx.x"), awake)).toBe(1);
  });
  test("every n-th check-in counts days, in a row or not", () => {
    expect([1, 2, 3, 4].map((every) => timesEarned({ every, points: 10 }, days("x.x.x.x"), awake))).toEqual([
      4, 2, 1, 1,
    ]);
  });
});

describe("whatever the order of check-ins", () => {
  const set = fc.uniqueArray(fc.integer({ min: 100, max: 140 }), { minLength: 1, maxLength: 40 });
  test("one more day earns nothing less, and at most once more", () => {
    fc.assert(
      fc.property(
        set,
        fc.integer({ min: 2, max: 8 }),
        fc.array(fc.integer({ min: 100, max: 140 }), { maxLength: 4 }),
        (order, streak, off) => {
          const rest = paused(off.slice(2), off);
          for (const reward of [{ streak }, { every: streak }]) {
            let before = 0;
            for (let i = 1; i <= order.length; i++) {
              const earned = timesEarned(reward, new Set(order.slice(0, i)), rest);
              expect(earned - before).toBeGreaterThanOrEqual(0);
              expect(earned - before).toBeLessThanOrEqual(1);
              before = earned;
            }
          }
        },
      ),
    );
  });
  test("streaks agree with counting by hand", () => {
    fc.assert(
      fc.property(set, (order) => {
        const all = new Set(order);
        for (const [day, length] of streaks(all, awake)) {
          let back = 0;
          while (all.has(day - back)) back += 1;
          expect(length).toBe(back);
        }
      }),
    );
  });
});
