import fc from "../support/property.ts";
import { expect, test } from "vitest";
import { recheck } from "../../src/delivery/recheck.ts";
import type { Policy } from "../../src/campaign/program.ts";
import type { CommitFacts } from "../../src/store/message-commit.ts";

const at = new Date("2026-04-01T02:00:00Z");
const zone = { name: "UTC", transitions: [[0, 0]] as [number, number][] };
const time = fc.integer({ min: -5_000, max: 5_000 }).map((minutes) => new Date(at.getTime() + minutes * 60_000));
const facts: fc.Arbitrary<CommitFacts> = fc.record({
  id: fc.constant("m"),
  enrolment: fc.constant(1),
  step: fc.constant("s"),
  occurrence: fc.constant(1),
  channel: fc.constant("email"),
  kind: fc.constantFrom("promotion", "service", "transactional"),
  epoch: fc.nat(2),
  validUntil: fc.option(time),
  zone: fc.constant("UTC"),
  enrolmentEpoch: fc.nat(2),
  enrolmentStatus: fc.constantFrom("live", "ended", "measured"),
  endedReason: fc.constantFrom(null, "completed", "converted", "stopped"),
  runStatus: fc.constantFrom("running", "paused", "measuring", "closed", "stopped"),
  program: fc.constant("p"),
  suppressed: fc.boolean(),
  topicConsent: fc.option(fc.boolean()),
  promotionConsent: fc.option(fc.boolean()),
  openComplaint: fc.boolean(),
});
const policy = fc.record({
  caps: fc.constant<Policy["caps"]>([]),
  problemFirst: fc.boolean(),
  quietHours: fc.option(
    fc.record({ from: fc.nat(1439), to: fc.nat(1439), onConflict: fc.constantFrom("defer" as const, "skip" as const) }),
    { nil: undefined },
  ),
});

test("nothing leaves that may not, and nothing is held for ever", () => {
  fc.assert(
    fc.property(
      facts,
      policy,
      fc.option(fc.constant(7), { nil: undefined }),
      (fact, { quietHours, ...rest }, contact) => {
        const verdict = recheck(fact, contact, { ...rest, ...(quietHours && { quietHours }) }, zone, at);
        const promotion = fact.kind === "promotion";
        if (verdict.do === "send") {
          expect(contact).toBe(7);
          expect(fact.suppressed).toBe(false);
          expect(["stopped", "paused"]).not.toContain(fact.runStatus);
          if (fact.validUntil) expect(fact.validUntil.getTime()).toBeGreaterThan(at.getTime());
          if (promotion) {
            expect(fact.epoch).toBeGreaterThanOrEqual(fact.enrolmentEpoch);
            expect(fact.topicConsent ?? fact.promotionConsent).toBe(true);
            expect(fact.promotionConsent).not.toBe(false);
            expect(rest.problemFirst && fact.openComplaint).toBe(false);
          }
        } else {
          expect(verdict.reason).toMatch(/^[a-z-]+(:[a-z-]+)?$/);
        }
        if (verdict.do === "hold" && verdict.until) {
          expect(verdict.until.getTime()).toBeGreaterThan(at.getTime());
          if (fact.validUntil) expect(verdict.until.getTime()).toBeLessThanOrEqual(fact.validUntil.getTime());
        }
      },
    ),
    { numRuns: 3_000 },
  );
});
