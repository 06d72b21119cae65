import { sql } from "kysely";
import { beforeAll, beforeEach, expect, test } from "vitest";
import { reactToEvents } from "../../src/intake/react.ts";
import { lookAtSegment } from "../../src/store/membership.ts";
import { now, setClock } from "../../src/store/clock.ts";
import { type Database, transaction } from "../../src/store/database.ts";
import { insertEvents } from "../../src/store/event.ts";
import { takeSegmentChanges } from "../../src/store/segment-change.ts";
import { saveScheduled, saveTriggers } from "../../src/store/segment-watch.ts";
import { testSchema } from "../support/schema.ts";
import { event, happen, HOME, rule, standStill, START } from "./world.ts";

const RULES = {
  buyers: { ">=": [{ var: "orders.count" }, 1] },
  "never-bought": { "==": [{ var: "orders.count" }, 0] },
  unhappy: { ">": [{ var: "complaints.open" }, 0] },
};
type Segment = keyof typeof RULES;

let db: Database;
beforeAll(async () => {
  ({ db } = await testSchema());
});
beforeEach(async () => {
  await sql`truncate customers, orders, events, complaints, segment_rules, segment_looks, segment_changes cascade`.execute(
    db,
  );
  await standStill(db, START);
  await sql`insert into customers (customer_id, created_at) select 'c' || n, ${START} from generate_series(1, 3) as n`.execute(
    db,
  );
});

const look = (segment: Segment, json: unknown = RULES[segment]) =>
  lookAtSegment(db, segment, { rule: rule(json), homeZone: HOME.timezone });

async function watch(...segments: Segment[]): Promise<void> {
  for (const segment of segments) await look(segment);
  await saveScheduled(db, segments);
}

/** "c1 02–03", "c2 02–": days of the month */
async function stays(segment: Segment): Promise<string[]> {
  const { rows } = await sql<{ stay: string }>`
    select c.customer_id || ' ' || to_char(entered_at, 'DD') || '–' || coalesce(to_char(left_at, 'DD'), '') as stay
    from segment_members m join customers c on c.id = m.customer where segment = ${segment} order by m.id`.execute(db);
  return rows.map((row) => row.stay);
}

const paid = (customer: string, order: string) => event("order.paid", customer, { order_id: order, amount: 10 });
const refunded = (customer: string, order: string) => event("order.refunded", customer, { order_id: order });
const day = (n: number) => setClock(db, new Date(START.getTime() + (n - 1) * 86_400_000), 0);
const take = () => transaction(db, async (tx) => takeSegmentChanges(tx, 100, await now(tx)));
const moves = (taken: { segment: string; way: string }[]) => taken.map(({ segment, way }) => `${segment} ${way}`);

test("who comes in or goes by an event has come or gone at once", async () => {
  await watch("buyers", "unhappy");
  await day(2);
  await happen(db, paid("c1", "o1"), paid("new", "o2"), event("complaint.opened", "c2", { complaint_id: "k" }));
  await day(3);
  await happen(db, refunded("c1", "o1"), event("complaint.solved", "c2", { complaint_id: "k" }));
  expect((await stays("buyers")).toSorted()).toEqual(["c1 02–03", "new 02–"]);
  expect(await stays("unhappy")).toEqual(["c2 02–03"]);
});

test("a customer whom an event makes known is looked at as a whole", async () => {
  await watch("never-bought");
  await day(2);
  await happen(db, event("page.viewed", "stranger"));
  expect((await stays("never-bought")).at(-1)).toBe("stranger 02–");
});

test("what a segment does not ask about is not looked up: most events cost nothing", async () => {
  await watch("buyers");
  // seen by nobody: no event told of it
  await sql`insert into orders (order_id, customer, paid_at, amount, currency, source)
    select 'o', id, ${START}, 100, 'CNY', 'test' from customers where customer_id = 'c1'`.execute(db);
  await happen(db, event("check_in", "c1"));
  expect(await stays("buyers")).toEqual([]);
  await look("buyers");
  expect(await stays("buyers")).toEqual(["c1 01–"]);
});

test("a segment that nobody watches is left to whoever looks", async () => {
  await look("buyers");
  await happen(db, paid("c1", "o1"));
  expect(await stays("buyers")).toEqual([]);
});

test("changes are kept for campaigns: not those who were there before, and each is taken once", async () => {
  await happen(db, paid("c1", "o1"));
  await watch("buyers");
  await saveTriggers(db, ["buyers"]);
  let told = 0;
  await insertEvents(db, [paid("c2", "o2"), paid("c2", "o3"), paid("c3", "o4"), refunded("c1", "o1")]);
  while (await reactToEvents({ db, home: HOME, onStimuli: () => undefined, onMoved: () => void told++ })) continue;
  expect(told).toBe(1);

  const failing = transaction(db, async (tx) => {
    expect(await takeSegmentChanges(tx, 100, await now(tx))).toHaveLength(3);
    throw new Error("the campaign could not begin");
  });
  await expect(failing).rejects.toThrow("could not begin");
  const taken = (await Promise.all([take(), take(), take(), take()])).flat();
  expect(moves(taken).toSorted()).toEqual(["buyers in", "buyers in", "buyers out"]);
  expect(new Set(taken.map(({ id }) => id)).size).toBe(3);
  expect(await take()).toEqual([]);
});

test("nobody has come in when only the rule has changed", async () => {
  await happen(db, paid("c1", "o1"));
  await watch("buyers");
  await saveTriggers(db, ["buyers"]);
  await day(2);
  expect(await look("buyers", { "<=": [{ var: "orders.count" }, 0] })).toMatchObject({ entered: 2, left: 1 });
  expect(await take()).toEqual([]);
  // from now on by the new rule
  await happen(db, paid("c2", "o2"));
  expect(moves(await take())).toEqual(["buyers out"]);
});

test("with events and looks all at once every stay is in order, and every change is told once", async () => {
  const names = Array.from({ length: 40 }, (_, i) => `h${i}`);
  await sql`insert into customers (customer_id, created_at) select n, ${START} from unnest(${names}::text[]) as u (n)`.execute(
    db,
  );
  await watch("buyers");
  await saveTriggers(db, ["buyers"]);
  await setClock(db, START, 1);
  const react = () => reactToEvents({ db, home: HOME, onStimuli: () => undefined });
  for (let round = 0; round < 6; round++) {
    const act = round % 2 === 0 ? paid : refunded;
    // half of them, other ones each time; what was not bought cannot be given back, and is not
    const some = names.filter((_, i) => (i * 7 + round) % 3 > 0);
    await insertEvents(
      db,
      some.map((name) => act(name, `${name}/${Math.floor(round / 2)}`)),
    );
    await Promise.all([react(), look("buyers"), react(), look("buyers"), react()]);
    while (await react()) continue;
  }
  const wrong = await sql<{ n: number }>`
    select count(*) as n from customers c left join customer_orders o on o.customer = c.id
    where (coalesce(o.orders, 0) > 0) <> exists (
      select from segment_members m where m.segment = 'buyers' and m.customer = c.id and m.left_at is null)`.execute(
    db,
  );
  expect(wrong.rows[0]!.n).toBe(0);
  const overlapping = await sql<{ n: number }>`
    select count(*) as n from segment_members a join segment_members b using (segment, customer)
    where a.id < b.id and (a.left_at is null or a.left_at > b.entered_at)`.execute(db);
  expect(overlapping.rows[0]!.n).toBe(0);
  const { rows } = await sql<{ ways: string; ins: number; outs: number }>`
    select string_agg(case way when 'in' then 'i' else 'o' end, '' order by s.id) as ways,
      (select count(*) from segment_members m where m.customer = s.customer) as ins,
      (select count(*) from segment_members m where m.customer = s.customer and left_at is not null) as outs
    from segment_changes s group by s.customer`.execute(db);
  expect(rows.length).toBeGreaterThan(20);
  for (const { ways, ins, outs } of rows) {
    expect(ways).toMatch(/^(io)*i?$/);
    expect(ways.length).toBe(ins + outs);
  }
});
