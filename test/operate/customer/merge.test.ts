import { sql } from "kysely";
import { beforeAll, describe, expect, test } from "vitest";
import { reactToEvents } from "../../../src/intake/react.ts";
import { type Merge, mergeCustomers } from "../../../src/operate/customer/merge.ts";
import { InputError } from "../../../src/fault.ts";
import { setClock } from "../../../src/store/clock.ts";
import { type Consent, loadConsents, setConsents } from "../../../src/store/consent.ts";
import { findDuplicates, loadContacts, upsertContacts } from "../../../src/store/contact.ts";
import { MOVED_AS_THEY_ARE } from "../../../src/store/customer-merge.ts";
import { ensureCustomers, noCustomer } from "../../../src/store/customer.ts";
import { type Database, transaction } from "../../../src/store/database.ts";
import { insertEvents } from "../../../src/store/event.ts";
import { loadVisits } from "../../../src/store/hosted-page.ts";
import { lookAtSegment } from "../../../src/store/membership.ts";
import { findCustomer } from "../../../src/store/segment.ts";
import { saveScheduled } from "../../../src/store/segment-watch.ts";
import {
  enrol,
  event,
  happen,
  HOME,
  openChallenge,
  openWait,
  program,
  rule,
  standStill,
  START,
} from "../../intake/world.ts";
import { applied } from "../support/campaigns.ts";
import { testSchema } from "../../support/schema.ts";

let db: Database;
beforeAll(async () => {
  ({ db } = await testSchema());
  await standStill(db, START);
});

const merge = (keep: string, drop: string[], confirmed = true): Promise<Merge> =>
  mergeCustomers(db, { keep, drop, by: "ann", home: HOME, confirmed });
const rows = async <T>(query: ReturnType<typeof sql<T>>) => (await query.execute(db)).rows;
const paid = (customer: string, order: string) => event("order.paid", customer, { order_id: order, amount: 10 });

async function customers(...names: string[]): Promise<number[]> {
  const ids = await transaction(db, (tx) => ensureCustomers(tx, names, START));
  return names.map((name) => ids.get(name)!);
}

/** Every table that has rows of customers, by what refers to them. */
async function referring(): Promise<string[]> {
  const found = await rows(sql<{ name: string }>`
    select distinct f.relname as name from pg_constraint k join pg_class f on f.oid = k.conrelid
    where k.contype = 'f' and k.confrelid = 'customers'::regclass order by 1`);
  // theirs is no foreign key (0031_events_of_customers.sql)
  return [...found.map((row) => row.name), "events"].sort();
}

async function rowsOf(customer: number): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const table of [...(await referring()), "customer_scores", "score_changes"]) {
    if (table === "customer_merges") continue;
    const [row] = await rows(
      sql<{ n: number }>`select count(*) as n from ${sql.table(table)} where customer = ${customer}`,
    );
    if (row!.n > 0) counts[table] = row!.n;
  }
  return counts;
}

const journey = () =>
  program(
    { order: { kind: "waitFor", id: "order", event: "order.paid", since: "step", within: { days: 7, minutes: 0 } } },
    {
      goal: {
        convert: { event: "order.paid", within: { days: 90, minutes: 0 } },
        onConvert: { mode: "continue" },
        targets: [],
        watch: [],
      },
    },
  );

test("no table that refers to customers is forgotten", async () => {
  const byName = [
    "enrolments",
    "entries",
    "settling",
    "consents",
    "contacts",
    "segment_members",
    "customer_orders",
    "customer_merges",
  ];
  expect(await referring()).toEqual([...MOVED_AS_THEY_ARE, ...byName].toSorted());
});

describe("a customer with a whole life is merged into another", () => {
  let kept: number;
  let dropped: number;
  let run: string;
  let before: Record<string, number>;
  let done: Merge;

  beforeAll(async () => {
    await happen(db, paid("keep", "k1"), paid("drop", "d1"), event("complaint.opened", "drop", { complaint_id: "c1" }));
    const made = await enrol(db, journey(), ["drop"]);
    run = made.run;
    const [member] = made.members;
    [kept, dropped] = (await customers("keep", "drop")) as [number, number];
    await openChallenge(db, member!, 20_544);
    await openWait(db, member!, "order", "order.paid");
    await happen(db, event("check_in", "drop"));
    await transaction(db, async (tx) => {
      const contact = { role: "self" };
      await upsertContacts(
        tx,
        [
          { ...contact, customer: kept, kind: "name", value: "Li Na" },
          { ...contact, customer: kept, kind: "email", value: "na@shop.example" },
          { ...contact, customer: dropped, kind: "name", value: "NA LI" },
          { ...contact, customer: dropped, kind: "email", value: "li.na@work.example" },
          { ...contact, customer: dropped, kind: "phone", value: "13812345678" },
        ],
        START,
      );
      await setConsents(tx, [
        { customer: dropped, channel: "sms", topic: "promotion", granted: true, source: "import", at: START },
      ]);
    });
    await sql`update customers set traits = '{"city": "Wuhan", "vip": true}', owner = 'Bo' where id = ${dropped}`.execute(
      db,
    );
    await sql`update customers set traits = '{"city": "Shanghai"}' where id = ${kept}`.execute(db);
    await sql`
      insert into messages (id, enrolment, customer, run, step, occurrence, channel, contact, template, kind, topic, locale, epoch, status, not_before, created_at)
      select status, ${member!.enrolment}, ${dropped}, ${run}, status, 1, 'email', k.id, 't', 'promotion', 'promotion', 'en', 0, status, ${START}, ${START}
      from contacts k, unnest('{pending,accepted}'::text[]) as status where k.customer = ${dropped} and k.kind = 'email'`.execute(
      db,
    );
    await sql`insert into coupon_pools (id, reserved, capacity) values ('pool', 1, 10)`.execute(db);
    await sql`
      insert into coupons (code, pool, enrolment, step, occurrence, customer, reserved_at, expires_at)
      values ('WB-1', 'pool', ${member!.enrolment}, 'pending', 1, ${dropped}, ${START}, ${START})`.execute(db);
    await sql`
      insert into tasks (id, run, kind, enrolment, customer, step, occurrence, title, team, created_at)
      values ('call', ${run}, 'call', ${member!.enrolment}, ${dropped}, 'call', 1, 'Call', 'sales', ${START})`.execute(
      db,
    );
    await sql`insert into score_runs (at, report) values (${START}, '{}')`.execute(db);
    await sql`insert into customer_scores (customer, run, tier) select ${dropped}, max(id), 'mid' from score_runs`.execute(
      db,
    );
    await sql`insert into score_changes (customer, what, run, was, became, at) select ${dropped}, 'tier', max(id), 'low', 'mid', ${START} from score_runs`.execute(
      db,
    );
    await lookAtSegment(db, "buyers", { rule: rule({ ">=": [{ var: "orders.count" }, 1] }), homeZone: HOME.timezone });
    await lookAtSegment(db, "regulars", {
      rule: rule({ ">=": [{ var: "orders.count" }, 2] }),
      homeZone: HOME.timezone,
    });
    await saveScheduled(db, ["buyers", "regulars"]);
    before = await rowsOf(dropped);
  });

  test("a preview says what would be done, and changes nothing", async () => {
    const all = async () => ({ dropped: await rowsOf(dropped), kept: await rowsOf(kept) });
    const was = await all();
    const preview = await merge("keep", ["drop"], false);
    expect(await all()).toEqual(was);
    expect(await rows(sql`select 1 from stimuli`)).toEqual([]);
    done = await merge("keep", ["drop"]);
    expect({ ...preview, done: true }).toEqual(done);
  });

  test("everything of it is the kept one's, and it is gone", async () => {
    expect(await rowsOf(dropped)).toEqual({});
    expect(await rows(sql`select 1 from customers where id = ${dropped}`)).toEqual([]);
    const { customer_scores: _, customer_orders: __, consents, ...moved } = before;
    expect(done).toMatchObject({ kept: "keep", dropped: [{ customer: "drop", ended: 1, withheld: 1 }] });
    // a second name is let go; a stay while the other was there too says nothing
    const expected = { ...moved, consents, contacts: 2 };
    delete (expected as Record<string, number>)["segment_members"];
    expect(done.dropped[0]!.moved).toEqual(expected);
    expect(
      await rows(sql`select orders, spent::float8 as spent from customer_orders where customer = ${kept}`),
    ).toEqual([{ orders: 2, spent: 2000 }]);
    expect(await rows(sql`select traits, owner from customers where id = ${kept}`)).toEqual([
      { traits: { city: "Shanghai", vip: true }, owner: "Bo" },
    ]);
    const record = await rows(sql<{ moved: object }>`select customer_id, kept, by, at, moved from customer_merges`);
    expect(record).toEqual([{ customer_id: "drop", kept, by: "ann", at: START, moved: done.dropped[0]!.moved }]);
  });

  test("its address is kept beside the other's, for messages that went there", async () => {
    const contacts = (await loadContacts(db, [kept])).get(kept)!;
    expect(contacts.map(({ kind, role, value }) => [kind, role.replace(/\d+$/, "n"), value])).toEqual([
      ["email", "self", "na@shop.example"],
      ["email", "merged-n", "li.na@work.example"],
      ["name", "self", "Li Na"],
      ["phone", "self", "13812345678"],
    ]);
    const sent = await rows(sql`
      select m.status, m.reason, k.value from messages m join contacts k on k.id = m.contact order by m.status`);
    expect(sent).toEqual([
      { status: "accepted", reason: null, value: "li.na@work.example" },
      { status: "withheld", reason: "merged", value: "li.na@work.example" },
    ]);
    expect(await rows(sql`select reserved from coupon_pools`)).toEqual([{ reserved: 0 }]);
  });

  test("its journey has ended, the cohort hears of it, what was done stays", async () => {
    expect(await rows(sql`select status, ended_reason from enrolments where run = ${run}`)).toEqual([
      { status: "ended", ended_reason: "merged" },
    ]);
    expect(await rows(sql`select cohort, member, body from stimuli`)).toEqual([
      { cohort: 0, member: 0, body: { kind: "end", at: START.getTime() / 60_000 } },
    ]);
    expect(await rows(sql`select status from challenges union all select status from tasks`)).toEqual([
      { status: "closed" },
      { status: "closed" },
    ]);
    expect(await rows(sql`select day from check_ins`)).toHaveLength(1);
  });

  test("the kept one is looked at again: two customers with one order each are one with two", async () => {
    const inside = await rows(sql`
      select segment from segment_members where customer = ${kept} and left_at is null order by segment`);
    expect(inside).toEqual([{ segment: "buyers" }, { segment: "regulars" }]);
  });

  test("whatever comes for the old name reaches the kept one, also by an old link", async () => {
    await happen(db, paid("drop", "d2"));
    expect(await rows(sql`select customer from orders where order_id = 'd2'`)).toEqual([{ customer: kept }]);
    expect(await rows(sql`select 1 from customers where customer_id = 'drop'`)).toEqual([]);
    expect((await findCustomer(db, "drop"))!.customerId).toBe("keep");
    const [visit] = await loadVisits(db, [{ customer: dropped, message: "accepted", enrolment: null }]);
    expect(visit).toMatchObject({ customerId: "keep", channel: "email" });
  });

  test("and goes on to do so when that one is merged too", async () => {
    await customers("keeper");
    await merge("keeper", ["keep"]);
    expect((await findCustomer(db, "drop"))!.customerId).toBe("keeper");
    await happen(db, event("check_in", "drop"));
    expect(await rows(sql`select 1 from customers where customer_id in ('drop', 'keep')`)).toEqual([]);
  });
});

test("who is not there, is named twice or was merged before is refused, each with what to do", async () => {
  await customers("one", "two");
  await merge("one", ["two"]);
  const refused = await merge("one", ["two", "on", "one"]).catch((failure: unknown) => failure);
  expect(refused).toBeInstanceOf(InputError);
  const told = (refused as InputError).faults.map(({ pointer, message, hint }) => [pointer, message.en, hint?.en]);
  expect(told).toEqual([
    ["two", "was merged into one before", "name one instead"],
    ["on", "there is no such customer", 'did you mean "one"?'],
    ["one", "is named twice", undefined],
  ]);
  expect((await noCustomer(db, "two")).faults[0]!.message.en).toBe("was merged into one");
  await expect(merge("two", ["one"])).rejects.toThrow("was merged into one before");
});

describe("of two statements on consent the stricter wins", () => {
  const EMAILS = { none: [], same: ["a@x.example", "A@x.example"], others: ["a@x.example", "b@x.example"] };
  let nr = 0;
  /** `addresses`: of the kept and of the dropped one */
  async function after(
    addresses: (string | undefined)[],
    kept?: boolean,
    dropped?: boolean,
  ): Promise<boolean | undefined> {
    const names = [`s${++nr}`, `s${++nr}`];
    const ids = await customers(...names);
    await transaction(db, async (tx) => {
      const email = { kind: "email" as const, role: "self" };
      const contacts = ids.flatMap((customer, i) =>
        addresses[i] ? [{ ...email, customer, value: addresses[i] }] : [],
      );
      await upsertContacts(tx, contacts, START);
      const consent = { channel: "email", topic: "promotion", source: "import", at: START };
      const said = [kept, dropped].flatMap((granted, i): Consent[] =>
        granted === undefined ? [] : [{ ...consent, customer: ids[i]!, granted }],
      );
      await setConsents(tx, said);
    });
    await merge(names[0]!, [names[1]!]);
    return (await loadConsents(db, [ids[0]!])).get(ids[0]!)?.[0]?.granted;
  }

  test.each([
    [true, true, true],
    [true, false, false],
    [false, true, false],
    [true, undefined, true],
    [undefined, false, false],
    [undefined, undefined, undefined],
  ])("kept %s, dropped %s: %s", async (kept, dropped, wanted) => {
    for (const addresses of Object.values(EMAILS)) expect(await after(addresses, kept, dropped)).toBe(wanted);
  });

  test("a consent given for another address makes no address contactable that nobody asked about", async () => {
    expect(await after(EMAILS.others, undefined, true)).toBeUndefined();
    expect(await after(EMAILS.same, undefined, true)).toBe(true);
    // the address comes along with its consent
    expect(await after([undefined, "c@x.example"], undefined, true)).toBe(true);
  });
});

test("both in one run: both enrolments stay in its figures, a purchase counts once", async () => {
  const { run, members } = await enrol(db, journey(), ["both-1", "both-2"]);
  await merge("both-1", ["both-2"]);
  await happen(db, paid("both-2", "once"));
  expect(
    await rows(sql`select enrolment from conversions c join enrolments e on e.id = c.enrolment where e.run = ${run}`),
  ).toEqual([{ enrolment: members[0]!.enrolment }]);
  expect(await rows(sql`select status from enrolments where run = ${run} order by number`)).toEqual([
    { status: "live" },
    { status: "ended" },
  ]);
});

test("waiting for a run that the kept one is in already ends; for another it goes on", async () => {
  const { run: inside } = await enrol(db, journey(), ["queue-1"]);
  const { run: other } = await enrol(db, journey(), []);
  const [kept, dropped] = await customers("queue-1", "queue-2");
  await sql`
    insert into entries (run, number, customer, arm, zone, since, expires_at)
    select run, 7, ${dropped}, 'treatment', 'Asia/Shanghai', ${START}, '2026-07-01' from unnest(${[inside, other]}::text[]) as u (run)`.execute(
    db,
  );
  await merge("queue-1", ["queue-2"]);
  expect(await rows(sql`select run, customer, status from entries order by run`)).toEqual([
    { run: inside, customer: kept, status: "dropped" },
    { run: other, customer: kept, status: "waiting" },
  ]);
});

test("campaigns that name the dropped one on a list are told: a list keeps the names that people wrote", async () => {
  await customers("listed-1", "listed-2");
  const named = (value: string[]) =>
    ({ op: "in", type: "boolean", args: [{ op: "literal", type: "strings", value }] }) as never;
  await applied(db, "calls-them", { exclude: named(["x", "listed-2"]) });
  await applied(db, "calls-others", { rule: named(["listed-1", "listed-22"]) });
  const { dropped } = await merge("listed-1", ["listed-2"], false);
  expect(dropped[0]!.listed).toEqual(["calls-them"]);
});

test("events that arrive while customers are merged all reach the kept one", async () => {
  const names = Array.from({ length: 8 }, (_, i) => `busy-${i}`);
  const [kept] = await customers(...names);
  await setClock(db, START, 1);
  await insertEvents(
    db,
    names.flatMap((name) => Array.from({ length: 30 }, (_, i) => paid(name, `${name}/${i}`))),
  );
  const react = async () => {
    while (await reactToEvents({ db, home: HOME, onStimuli: () => undefined })) continue;
  };
  const one = (i: number) => insertEvents(db, [paid(names[i]!, `late/${i}`)]).then(react);
  await Promise.all([
    react(),
    ...names.slice(1).map((name) => merge(names[0]!, [name])),
    ...names.map((_, i) => one(i)),
  ]);
  await react();
  expect(await rows(sql`select orders from customer_orders where customer = ${kept}`)).toEqual([{ orders: 248 }]);
  expect(await rows(sql`select 1 from events where reaction ? 'error'`)).toEqual([]);
  await standStill(db, START);
});

test("customers who share an address are found, by their ids only", async () => {
  const [a, b, c] = await customers("dup-a", "dup-b", "dup-c");
  const phone = { kind: "phone" as const, role: "self", value: "13912345678" };
  const mail = { kind: "email" as const, role: "self" };
  await transaction(db, (tx) =>
    upsertContacts(
      tx,
      [
        ...[a!, b!, c!].map((customer) => ({ ...phone, customer })),
        { ...mail, customer: a!, value: "Dup@x.example" },
        { ...mail, customer: b!, value: "dup@x.example" },
      ],
      START,
    ),
  );
  const found = (await findDuplicates(db, 100)).filter(({ customers: who }) => who[0]!.startsWith("dup"));
  expect(found).toEqual([
    { kind: "phone", customers: ["dup-a", "dup-b", "dup-c"] },
    { kind: "email", customers: ["dup-a", "dup-b"] },
  ]);
  await merge("dup-a", ["dup-b", "dup-c"]);
  expect((await findDuplicates(db, 100)).filter(({ customers: who }) => who[0]!.startsWith("dup"))).toEqual([]);
});
