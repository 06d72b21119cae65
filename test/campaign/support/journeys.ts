import fc from "../../support/property.ts";

type Step = Record<string, unknown>;

const COUNT_RULE = { ">": [{ var: "orders.count_365d" }, 1] };
const leaves: fc.Arbitrary<Step>[] = [
  fc.constantFrom(
    { send: { channel: "email", template: "invite" } },
    { send: { channel: ["sms", "email"], template: "offer", coupon: "fifth-off" } },
  ),
  fc.constantFrom(
    { wait: { for: "P3D" } },
    { wait: { for: "PT90M" } },
    { wait: { until: { at: "09:30" } } },
    { wait: { until: { phase: "second" } } },
    { wait: { until: { weekdays: ["sat", "sun"], from: "10:00" } } },
    { wait: { until: { date: { of: "2000-02-29", offset: "-P3D", at: "09:00" } } } },
  ),
  fc.record({ days: fc.integer({ min: 1, max: 5 }), remind: fc.boolean() }).map(({ days, remind }) => ({
    challenge: {
      days,
      event: "check_in",
      at: "09:00",
      template: "day",
      ...(remind && { remindAt: "20:00", reminder: "day-reminder" }),
      gifts: [
        { every: 1, points: 10 },
        { streak: 3, gift: "sticker" },
      ],
    },
  })),
  fc.constantFrom(
    { coupon: { give: "fifth-off" } },
    { gift: { give: "sticker", kind: "service" } },
    { points: { give: 50, validFor: "P7D" } },
  ),
  fc.constant({ complaint: { severity: "high", to: "service" } }),
  fc.constant({ exit: {} }),
];

/** Journeys of all step kinds, nested; ids are numbered in reading order. */
export const journeys: fc.Arbitrary<Step[]> = fc
  .letrec<{ step: Step; steps: Step[] }>((tie) => {
    const steps = tie("steps");
    const maybe = fc.option(steps, { nil: undefined });
    return {
      steps: fc.array(tie("step"), { minLength: 1, maxLength: 3 }),
      step: fc.oneof(
        { maxDepth: 3, depthSize: "small" },
        fc.oneof(...leaves),
        fc.tuple(maybe, maybe).map(([then, timeout]) => ({
          waitFor: {
            event: "order.paid",
            where: { ">=": [{ var: "event.amount" }, 10] },
            within: "P2D",
            ...(then && { then }),
            ...(timeout && { timeout }),
          },
        })),
        fc.tuple(maybe, maybe, fc.boolean()).map(([one, then, since]) => ({
          waitFor: {
            any: [
              { event: "order.paid", ...(one && { then: one }) },
              { id: "seen", event: "check_in" },
            ],
            ...(since && { since: "enrolment" }),
            within: "P2D",
            ...(then && { then }),
          },
        })),
        fc.tuple(fc.boolean(), maybe).map(([condition, timeout]) => ({
          waitFor: {
            ...(condition ? { if: COUNT_RULE } : { all: [{ event: "order.paid" }, { event: "check_in" }] }),
            within: "P3D",
            ...(timeout && { timeout }),
          },
        })),
        fc
          .tuple(steps, maybe)
          .map(([then, otherwise]) => ({ branch: { if: COUNT_RULE, then, ...(otherwise && { else: otherwise }) } })),
        fc.tuple(steps, steps).map((branches) => ({ parallel: { branches } })),
        fc.tuple(fc.integer({ min: 1, max: 99 }), maybe, maybe).map(([weight, one, two]) => ({
          split: {
            branches: [
              { id: "new", weight, ...(one && { then: one }) },
              { weight: 100 - weight, ...(two && { then: two }) },
            ],
          },
        })),
        fc
          .tuple(fc.integer({ min: 1, max: 2 }), fc.boolean(), fc.boolean(), steps)
          .map(([times, every, until, body]) => ({
            repeat: {
              times,
              ...(every && { every: "P2D" }),
              ...(until && { until: COUNT_RULE }),
              steps: body.map(repeatable),
            },
          })),
        fc.tuple(maybe, maybe).map(([one, two]) => ({
          task: {
            to: { team: "sales" },
            title: "Call",
            due: "P1D",
            attempts: 2,
            outcomes: [
              { id: "yes", ...(one && { then: one }) },
              { id: "no", ...(two && { then: two }) },
            ],
          },
        })),
        fc.tuple(maybe, maybe).map(([then, failed]) => ({
          webhook: {
            to: "crm",
            body: { orders: { var: "orders.count_365d" }, from: "spring" },
            within: "PT2H",
            ...(then && { then }),
            ...(failed && { failed }),
          },
        })),
        maybe.map((then) => ({
          survey: {
            template: "survey",
            within: "P2D",
            questions: [{ id: "score", rating: 5 }],
            ...(then && { branches: [{ if: COUNT_RULE, then }] }),
          },
        })),
      ),
    };
  })
  .steps.map((steps) => number(steps, { next: 0 }));

/** A survey is asked once. */
function repeatable(step: Step): Step {
  if ("survey" in step) return { send: { channel: "email", template: "survey" } };
  const [kind, body] = Object.entries(step)[0] as [string, unknown];
  return { [kind]: within(body) };
}

function within(body: unknown): unknown {
  if (Array.isArray(body)) return body.map(within);
  if (typeof body !== "object" || body === null) return body;
  if ("survey" in body) return repeatable(body as Step);
  return Object.fromEntries(Object.entries(body).map(([key, value]) => [key, within(value)]));
}

function number(steps: Step[], counter: { next: number }): Step[] {
  return steps.map((step) => {
    const id = `s${counter.next++}`;
    const [kind, body] = Object.entries(step)[0] as [string, Record<string, unknown>];
    const renumbered = Object.entries(body).map(([key, value]) => {
      if (["then", "else", "timeout", "failed", "steps"].includes(key)) return [key, number(value as Step[], counter)];
      if (["branches", "outcomes", "any"].includes(key)) {
        return [
          key,
          (value as (Step[] | Step)[]).map((each) =>
            Array.isArray(each)
              ? number(each, counter)
              : { ...each, ...("then" in each && { then: number(each.then as Step[], counter) }) },
          ),
        ];
      }
      return [key, value];
    });
    return { id, [kind]: Object.fromEntries(renumbered) };
  });
}
