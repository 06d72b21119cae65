import fc from "../../support/property.ts";
import { describe, expect, test } from "vitest";
import { localDay, minuteOfDay, toUtc, type Zone } from "../../../src/campaign/calendar.ts";
import { exceeded } from "../../../src/campaign/decide/caps.ts";
import { quietUntil } from "../../../src/campaign/decide/quiet.ts";
import { type ChannelFacts, obstacle } from "../../../src/campaign/decide/reach.ts";
import { decideSend, type SendFacts } from "../../../src/campaign/decide/send.ts";
import { validUntil } from "../../../src/campaign/decide/validity.ts";
import { code, type Policy, type SendKind } from "../../../src/campaign/program.ts";
import { freezeZone } from "../../../src/store/zone.ts";

const START = 29_583_480; // 2026-04-01T10:00 in Shanghai
const ZONES = ["Asia/Shanghai", "America/New_York", "Australia/Lord_Howe", "Europe/Berlin"].map((name) =>
  freezeZone(name, START - 400 * 1440, START + 400 * 1440),
);
const SHANGHAI = ZONES[0]!;
const KINDS: SendKind[] = ["promotion", "service", "transactional"];

const free: ChannelFacts = {
  channel: "email",
  configured: true,
  contact: 1,
  suppressed: false,
  topic: true,
  promotion: true,
};

describe("whether a channel reaches a customer", () => {
  const table: [string, Partial<ChannelFacts>, (string | undefined)[]][] = [
    // what is known, and the obstacle to promotion, service, transactional
    ["all is well", {}, [undefined, undefined, undefined]],
    ["not configured", { configured: false, contact: undefined }, Array(3).fill("channel-not-configured:email")],
    ["no address", { contact: undefined }, Array(3).fill("no-address:email")],
    ["suppressed", { suppressed: true }, Array(3).fill("suppressed:email")],
    ["never asked", { topic: undefined, promotion: undefined }, ["no-consent:email", undefined, undefined]],
    ["consented to promotion, silent on the topic", { topic: undefined }, [undefined, undefined, undefined]],
    ["consented to the topic only", { promotion: undefined }, [undefined, undefined, undefined]],
    ["refused the topic", { topic: false }, ["refused:email", "refused:email", undefined]],
    ["refused promotion, yet once asked for the topic", { promotion: false }, ["refused:email", undefined, undefined]],
  ];
  test.each(table)("%s", (_, known, expected) => {
    expect(KINDS.map((kind) => obstacle({ ...free, ...known }, kind))).toEqual(expected);
  });
});

describe("quiet hours", () => {
  const policy = (from: number, to: number): Policy => ({
    quietHours: { from, to, onConflict: "defer" },
    caps: [],
    problemFirst: false,
  });
  const at = (hour: number, minute = 0) => toUtc(SHANGHAI, localDay(SHANGHAI, START), hour * 60 + minute);

  test("overnight, within a day, and at their edges", () => {
    const night = policy(21 * 60, 8 * 60);
    expect(quietUntil(night, "promotion", SHANGHAI, at(20, 59))).toBeUndefined();
    expect(quietUntil(night, "promotion", SHANGHAI, at(21))).toBe(at(32));
    expect(quietUntil(night, "service", SHANGHAI, at(7, 59))).toBe(at(8));
    expect(quietUntil(night, "promotion", SHANGHAI, at(8))).toBeUndefined();
    const noon = policy(12 * 60, 14 * 60);
    expect(quietUntil(noon, "promotion", SHANGHAI, at(13))).toBe(at(14));
    expect(quietUntil(noon, "promotion", SHANGHAI, at(14))).toBeUndefined();
    expect(quietUntil(night, "transactional", SHANGHAI, at(3))).toBeUndefined();
    expect(quietUntil(policy(480, 480), "promotion", SHANGHAI, at(8))).toBeUndefined();
  });

  test("end at a minute that is later and no longer quiet, in any zone, also when clocks change", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ZONES),
        fc.integer({ min: START - 300 * 1440, max: START + 300 * 1440 }),
        fc.integer({ min: 0, max: 1439 }),
        fc.integer({ min: 0, max: 1439 }),
        (zone, minute, from, to) => {
          const until = quietUntil(policy(from, to), "promotion", zone, minute);
          if (until === undefined) return;
          expect(until).toBeGreaterThan(minute);
          expect(until - minute).toBeLessThanOrEqual(1440 + 60);
          // a clock put forward may jump over the end; then it is the first minute after the jump
          const over = minuteOfDay(zone, until) - to;
          expect(over === 0 || Math.abs(over) <= 60).toBe(true);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

describe("validity", () => {
  test("a day lasts until the customer's midnight, and not longer when it was due earlier", () => {
    const midnight = toUtc(SHANGHAI, localDay(SHANGHAI, START) + 1, 0);
    expect(validUntil(SHANGHAI, START, "day")).toBe(midnight);
    expect(validUntil(SHANGHAI, START, "day", localDay(SHANGHAI, START) - 1)).toBe(midnight - 1440);
    expect(validUntil(SHANGHAI, START, { days: 2, minutes: 30 })).toBe(START + 2 * 1440 + 30);
  });
});

const zone: fc.Arbitrary<Zone> = fc.constantFrom(...ZONES);
const policy: fc.Arbitrary<Policy> = fc.record(
  {
    quietHours: fc.record({
      from: fc.nat(1439),
      to: fc.nat(1439),
      onConflict: fc.constantFrom("defer" as const, "skip" as const),
    }),
    caps: fc.array(
      fc.record(
        {
          channel: fc.constantFrom("email", "sms"),
          sendKind: fc.constantFrom(...KINDS),
          max: fc.nat(3),
          days: fc.integer({ min: 1, max: 7 }),
        },
        { requiredKeys: ["max", "days"] },
      ),
      { maxLength: 3 },
    ),
    problemFirst: fc.boolean(),
  },
  { requiredKeys: ["caps", "problemFirst"] },
);
const maybe = fc.constantFrom(true, false, undefined);
const channels: fc.Arbitrary<ChannelFacts[]> = fc.uniqueArray(
  fc.record({
    channel: fc.constantFrom("email", "sms", "wecom-customer"),
    configured: fc.boolean(),
    contact: fc.constantFrom(1, undefined),
    suppressed: fc.boolean(),
    topic: maybe,
    promotion: maybe,
  }),
  { selector: (each) => each.channel, maxLength: 3 },
);
const facts: fc.Arbitrary<SendFacts> = fc
  .record({
    at: fc.integer({ min: START, max: START + 200 * 1440 }),
    zone,
    policy,
    channels,
    kind: fc.constantFrom(...KINDS),
    ahead: fc.integer({ min: -100, max: 5_000 }),
    used: fc.array(fc.nat(4), { minLength: 3, maxLength: 3 }),
    openComplaint: fc.boolean(),
    checkedIn: fc.boolean(),
    couponsLeft: fc.option(fc.nat(2), { nil: undefined }),
  })
  .map(({ ahead, couponsLeft, ...rest }) => ({
    ...rest,
    validUntil: rest.at + ahead,
    ...(couponsLeft !== undefined && { couponsLeft }),
  }));

test("every decision says why, and a message only leaves where nothing speaks against it", () => {
  const seen = new Set<number>();
  fc.assert(
    fc.property(facts, (given) => {
      const decision = decideSend(given);
      seen.add(decision.outcome);
      const { channel, outcome, reasons, value } = decision;
      if (outcome === code("queued")) {
        expect(given.channels).toContain(channel);
        expect(obstacle(channel!, given.kind)).toBeUndefined();
        expect(exceeded(given.policy, given.used, channel!.channel, given.kind)).toBeUndefined();
        expect(quietUntil(given.policy, given.kind, given.zone, given.at)).toBeUndefined();
        expect(given.at).toBeLessThan(given.validUntil);
        expect(given.checkedIn).toBe(false);
        expect(given.couponsLeft).not.toBe(0);
        expect(given.openComplaint && given.policy.problemFirst && given.kind === "promotion").toBe(false);
        // nothing better was passed over without a reason
        expect(reasons).toHaveLength(given.channels.indexOf(channel!));
      } else {
        expect(channel).toBeUndefined();
        expect(reasons.length).toBeGreaterThan(0);
        if (outcome === code("deferred")) {
          expect(value).toBeGreaterThan(given.at);
          expect(value).toBeLessThanOrEqual(given.validUntil);
        } else expect(outcome).toBe(code("skipped"));
      }
    }),
    { numRuns: 5_000 },
  );
  expect(seen).toEqual(new Set([code("queued"), code("deferred"), code("skipped")]));
});

test("a message that is put off again and again leaves or expires; it is not put off for ever", () => {
  fc.assert(
    fc.property(facts, (given) => {
      let at = given.at;
      for (let attempts = 0; ; attempts++) {
        const { outcome, value } = decideSend({ ...given, at });
        if (outcome !== code("deferred")) return;
        expect(attempts).toBeLessThan(10);
        at = value!;
      }
    }),
    { numRuns: 2_000 },
  );
});

describe("limits are exact", () => {
  const at = (hour: number) => toUtc(SHANGHAI, localDay(SHANGHAI, START), hour * 60);
  const given = (rest: Partial<SendFacts>): SendFacts => ({
    at: at(22),
    zone: SHANGHAI,
    validUntil: at(48),
    kind: "promotion",
    policy: { caps: [], problemFirst: false },
    channels: [free],
    used: [],
    openComplaint: false,
    checkedIn: false,
    ...rest,
  });

  test.each([
    ["quiet hours", { quietHours: { from: 21 * 60, to: 8 * 60, onConflict: "defer" as const } }, at(32)],
    [
      "the hours for promotions",
      { promotionWindow: { weekdays: [0, 1, 2, 3, 4, 5, 6], from: 9 * 60, to: 18 * 60, onConflict: "defer" as const } },
      at(33),
    ],
  ])("what %s would only let go when it has expired is not put off", (_, hours, opens) => {
    const policy: Policy = { caps: [], problemFirst: false, ...hours };
    expect(decideSend(given({ policy, validUntil: opens }))).toMatchObject({ outcome: code("skipped") });
    expect(decideSend(given({ policy, validUntil: opens + 1 }))).toMatchObject({
      outcome: code("deferred"),
      value: opens,
    });
  });

  test("a cap of three lets a third message go and no fourth", () => {
    const policy: Policy = { caps: [{ days: 7, max: 3 }], problemFirst: false };
    expect(decideSend(given({ policy, used: [2] }))).toMatchObject({ outcome: code("queued") });
    expect(decideSend(given({ policy, used: [3] }))).toEqual({
      outcome: code("skipped"),
      reasons: ["capped:3-in-7d:email"],
    });
  });
});
