import { option } from "../../src/campaign/program.ts";
import type { Database } from "../../src/store/database.ts";
import { program } from "./program.ts";
import { at, april, checkIn, convert, customerOf, event, insert, ledger, seedRun } from "./rows.ts";

/**
 * Ten treated (a … j), four in the holdout (w … z), counted by hand in report.test.ts.
 * Clock: 20 April. The challenge: 5 days from 5 April; f's was shut early; j never reached it and has left.
 */
export async function seedWorld(db: Database): Promise<void> {
  const ids = await seedRun(db, program, { treated: 10, holdout: 4 });
  const [a, b, c, d, e, f, g, h, i, j, w] = ids as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const customers = new Map<number, number>();
  for (const id of ids) customers.set(id, await customerOf(db, id));
  const who = (enrolment: number) => ({ enrolment, customer: customers.get(enrolment)! });

  await insert(
    db,
    "waits",
    ids.map((id) => ({
      ...who(id),
      step: "goal",
      occurrence: 1,
      kind: "goal",
      event_type: "order.paid",
      since: at(1),
      until: at(92),
      status: "open",
    })),
  );
  await ledger(db, [
    [a, "invite", "queued", ["channel-not-configured:wecom-customer"]],
    [b, "invite", "queued"],
    [c, "invite", "queued"],
    [d, "invite", "queued"],
    [e, "invite", "deferred", ["quiet-hours"]],
    [e, "invite", "queued", [], 1, 2],
    [f, "invite", "queued"],
    [g, "invite", "queued"],
    [h, "invite", "queued"],
    [i, "invite", "skipped", ["no-consent:email", "channel-not-configured:wecom-customer"]],
    [j, "invite", "skipped", ["no-consent:email"]],
    ...[a, b, c, d, e, f, g, h, i].map((id): [number, string, "opened"] => [id, "days/open", "opened"]),
    [a, "days/day", "queued", [], 1],
    [a, "days/day", "queued", [], 2],
    [b, "days/day", "queued", [], 1],
    [b, "days/day", "skipped", ["expired"], 2],
    [a, "enough", option(0)],
    [b, "enough", "no"],
    [c, "enough", option(0)],
    [a, "call", "waiting"],
    [b, "call", "waiting"],
    [c, "call", "waiting"],
    [d, "call", "waiting"],
    [d, "call/expire", "overdue"],
    [a, "survey", "waiting"],
    [b, "survey", "waiting"],
    [c, "survey", "skipped", ["no-consent:email"]],
  ]);
  const wait = { occurrence: 1, since: at(1) };
  await insert(db, "waits", [
    { ...who(a), ...wait, step: "call", kind: "task", status: "met", outcome: option(0) },
    { ...who(b), ...wait, step: "call", kind: "task", status: "met", outcome: option(1) },
    { ...who(c), ...wait, step: "call", kind: "task", status: "open", outcome: null },
    { ...who(d), ...wait, step: "call", kind: "task", status: "expired", outcome: null },
    { ...who(a), ...wait, step: "survey", kind: "survey", status: "met", outcome: null },
    { ...who(b), ...wait, step: "survey", kind: "survey", status: "met", outcome: null },
  ]);
  const task = {
    run: "winback-1",
    kind: "call",
    step: "call",
    occurrence: 1,
    title: "电话回访",
    team: "sales",
    max_attempts: 3,
    created_at: at(11),
    gate: false,
    plan_after: [],
  };
  await insert(db, "tasks", [
    { ...task, ...who(a), id: "1", status: "done", attempts: 1, outcome: "interested" },
    { ...task, ...who(b), id: "2", status: "done", attempts: 3, outcome: "no-answer" },
    { ...task, ...who(c), id: "3", status: "open", attempts: 1, outcome: null },
    { ...task, ...who(d), id: "4", status: "overdue", attempts: 0, outcome: null },
  ]);
  const plan = {
    run: "winback-1",
    kind: "plan",
    title: "…",
    team: "t",
    attempts: 0,
    max_attempts: 1,
    gate: false,
    plan_after: [],
    created_at: at(1),
  };
  await insert(db, "tasks", [
    { ...plan, id: "winback-1/plan/select", from_at: at(1), due_at: at(6, 0), status: "done", done_at: at(5) },
    { ...plan, id: "winback-1/plan/design", from_at: at(6), due_at: at(11, 0), status: "done", done_at: at(12) },
    { ...plan, id: "winback-1/plan/train", from_at: at(6), due_at: at(8, 0), status: "open", done_at: null },
    { ...plan, id: "winback-1/plan/wrap-up", from_at: at(36), due_at: at(41, 0), status: "open", done_at: null },
  ]);

  await insert(
    db,
    "challenges",
    [a, b, c, d, e, f, g, h, i].map((id) => ({
      ...who(id),
      step: "days",
      event_type: "check_in",
      first_day: april(5),
      days: 5,
      status: id === f ? "closed" : id === i ? "open" : "closed",
      closed_at: id === f ? at(7) : id === i ? null : at(10, 0),
    })),
  );
  for (const [id, day] of [
    [a, 5],
    [a, 6],
    [a, 8],
    [b, 5],
    [c, 6],
    [d, 9],
    [e, 5],
    [f, 6],
  ] as const)
    await checkIn(db, id, day);

  // repurchase: a and f within; b before the first check-in; c refunded; d cancelled; e's lies a second behind its 30 days
  const order = { amount: 10_000, refunded: 0, currency: "CNY", status: "paid", source: "test" };
  await insert(db, "orders", [
    { ...order, order_id: "a1", customer: customers.get(a), paid_at: at(6) },
    { ...order, order_id: "a2", customer: customers.get(a), paid_at: at(7) },
    { ...order, order_id: "b1", customer: customers.get(b), paid_at: at(4) },
    { ...order, order_id: "c1", customer: customers.get(c), paid_at: at(8), refunded: 10_000, status: "refunded" },
    { ...order, order_id: "d1", customer: customers.get(d), paid_at: at(10), status: "cancelled" },
    { ...order, order_id: "f1", customer: customers.get(f), paid_at: at(18), refunded: 4_000 },
  ]);
  await convert(db, a, at(6), 10_000);
  await convert(db, f, at(18), 6_000);
  await convert(db, j, at(3), 2_500);
  await convert(db, w, at(4), 7_777);

  const contact = { kind: "email", role: "self", created_at: at(1) };
  await insert(
    db,
    "contacts",
    [a, b, c].map((id) => ({ ...contact, id: id + 1000, customer: customers.get(id), value: `p${id}@x.example` })),
  );
  const message = (id: number, step: string, status: string, reason: string | null = null, kind = "promotion") => ({
    id: `${id}-${step}`,
    ...who(id),
    run: "winback-1",
    step,
    occurrence: 1,
    channel: "email",
    contact: a + 1000,
    template: "t",
    kind,
    topic: "promotion",
    locale: "zh-CN",
    data: {},
    epoch: 0,
    status,
    reason,
    not_before: at(2),
    created_at: at(2),
    attempts: 1,
  });
  await insert(db, "messages", [
    message(a, "invite", "accepted"),
    message(b, "invite", "accepted"),
    message(c, "invite", "withheld", "superseded"),
    message(d, "invite", "rejected", "550"),
    message(a, "survey", "accepted", null, "service"),
    message(b, "survey", "accepted", null, "service"),
  ]);
  await insert(db, "message_clicks", [
    { message: `${a}-invite`, kind: "click", at: at(3) },
    { message: `${a}-invite`, kind: "open", at: at(3) },
    { message: `${b}-invite`, kind: "open", at: at(3) },
  ]);

  await insert(
    db,
    "gifts",
    [a, b, c].map((id, n) => ({
      ...who(id),
      key: `days/streak-2/${n}`,
      gift: "mug",
      unit_cost: 2_000,
      status: ["granted", "delivered", "out-of-stock"][n],
      granted_at: at(6),
    })),
  );
  await insert(
    db,
    "points",
    [5, 6, 8].map((day) => ({ ...who(a), key: `days/every-1/${day}`, points: 10, at: at(day) })),
  );
  await insert(db, "coupon_pools", [{ id: "eighty", reserved: 2, capacity: 100 }]);
  await insert(
    db,
    "coupons",
    [a, b, c].map((id, n) => ({
      code: `WB-${n}`,
      pool: "eighty",
      ...who(id),
      step: "offer",
      occurrence: 1,
      status: ["redeemed", "issued", "released"][n],
      reserved_at: at(8),
      expires_at: at(30),
    })),
  );
  await insert(db, "budget_entries", [
    { run: "winback-1", line: "gifts", key: "gift/1", amount: 2_000, note: null, at: at(6) },
    { run: "winback-1", line: "gifts", key: "gift/2", amount: 2_000, note: null, at: at(6) },
    { run: "winback-1", line: "mail", key: null, amount: 20_001, note: "postage", at: at(9) },
    { run: "winback-1", line: "mail", key: null, amount: -1, note: "correction", at: at(9) },
  ]);
  for (const [id, score, text] of [
    [a, 5, "好"],
    [b, 4, null],
  ] as const) {
    const answered = await event(db, customers.get(id)!, "survey.answered", at(15));
    await insert(db, "survey_answers", [
      { enrolment: id, step: "survey", question: "score", rating: score, answer: null, event: answered, at: at(15) },
      ...(text === null
        ? []
        : [
            { enrolment: id, step: "survey", question: "why", rating: null, answer: text, event: answered, at: at(15) },
          ]),
    ]);
  }
}
