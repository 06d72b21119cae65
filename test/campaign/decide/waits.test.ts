import fc from "../../support/property.ts";
import { expect, test } from "vitest";
import { decideBranch } from "../../../src/campaign/decide/branch.ts";
import { challengeDay } from "../../../src/campaign/decide/challenge.ts";
import { decideExpire } from "../../../src/campaign/decide/expire.ts";
import { isGated, startAfterGate } from "../../../src/campaign/decide/phase.ts";
import { firstMatch } from "../../../src/campaign/decide/wait.ts";
import { code, option } from "../../../src/campaign/program.ts";

test("looking back finds the earliest event of the window, whatever order the rows come in", () => {
  const event = fc.record({ id: fc.nat(50), occurredAt: fc.nat(20).map((ms) => new Date(ms)) });
  fc.assert(
    fc.property(
      fc.uniqueArray(event, { selector: (each) => each.id }),
      fc.nat(20),
      fc.nat(20),
      (events, since, until) => {
        const wanted = events
          .filter((each) => +each.occurredAt >= since && +each.occurredAt <= until && each.id % 2 === 0)
          .sort((a, b) => +a.occurredAt - +b.occurredAt || a.id - b.id)[0];
        expect(firstMatch(events, new Date(since), new Date(until), (each) => each.id % 2 === 0)).toBe(wanted);
      },
    ),
  );
});

test("a wait whose time is over is what it was met with, else what the step calls it", () => {
  expect(decideExpire({ status: "met", outcome: option(2) }, "overdue").outcome).toBe(option(2));
  for (const status of ["open", "expired", "dropped"] as const) {
    expect(decideExpire({ status, outcome: null }, "overdue")).toEqual({ outcome: code("overdue"), reasons: [] });
  }
  expect(decideExpire(undefined, "timeout")).toEqual({ outcome: code("timeout"), reasons: ["no-wait"] });
});

test("a branch asks its cases in order and no further than it must", () => {
  const asked: number[] = [];
  const holds = (index: number, answer: boolean) => () => (asked.push(index), answer);
  expect(decideBranch([holds(0, false), holds(1, true), holds(2, true)]).outcome).toBe(option(1));
  expect(asked).toEqual([0, 1]);
  expect(decideBranch([holds(0, false)]).outcome).toBe(code("no"));
});

test("a gate holds up later phases only, and moves them no more than it must", () => {
  expect([0, 1, 2].map((phase) => isGated(phase, [1]))).toEqual([false, false, true]);
  expect(startAfterGate(100, 99)).toBe(100);
  expect(startAfterGate(100, 100)).toBe(101); // its first day has begun
  expect(startAfterGate(100, 120)).toBe(121);
});

test("days of a challenge count from 1, anew on each pass", () => {
  expect([1, 2, 30, 31, 60, 61].map((occurrence) => challengeDay(occurrence, 30))).toEqual([1, 2, 30, 1, 30, 1]);
});
