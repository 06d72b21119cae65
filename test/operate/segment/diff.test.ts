import { fileURLToPath } from "node:url";
import { sql } from "kysely";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { readLibrary } from "../../../src/operate/rules/library.ts";
import type { SegmentLibrary } from "../../../src/operate/segment/segment.ts";
import { lookAtAll, membersThen, segmentDiff } from "../../../src/operate/segment/diff.ts";
import { setClock } from "../../../src/store/clock.ts";
import type { Database } from "../../../src/store/database.ts";
import { testSchema } from "../../support/schema.ts";

const start = new Date("2026-04-01T02:00:00Z");
const at = (days: number) => new Date(start.getTime() + days * 86_400_000);
let db: Database;
let library: SegmentLibrary;

beforeAll(async () => {
  ({ db } = await testSchema());
  ({ library } = await readLibrary(fileURLToPath(new URL("../../../rules", import.meta.url))));
});

beforeEach(async () => {
  await sql`truncate customers, segment_looks, segment_rules cascade`.execute(db);
  await setClock(db, start, 0);
  await sql`insert into customers (customer_id, created_at) select 'c' || n, ${start} from generate_series(1, 4) as n`.execute(
    db,
  );
});

const diff = (since?: Date) => segmentDiff(db, library, "never-bought", { limit: 10, ...(since && { since }) });
const names = ({ entered, left }: { entered: { customer: string }[]; left: { customer: string }[] }) => ({
  entered: entered.map(({ customer }) => customer),
  left: left.map(({ customer }) => customer),
});

async function buys(customer: string, id: string): Promise<void> {
  await sql`
    insert into orders (order_id, customer, paid_at, amount, currency, source)
    select ${id}, id, ${start}, 100, 'CNY', 'test' from customers where customer_id = ${customer}`.execute(db);
}

describe("who came into a segment and who left", () => {
  test("is found look by look", async () => {
    expect(await diff()).toEqual({ segment: "never-bought", to: start, members: 4, entered: [], left: [] });
    await buys("c1", "o1");
    await setClock(db, at(1), 0);
    const second = await diff();
    expect(second).toMatchObject({ from: start, to: at(1), members: 3 });
    expect(names(second)).toEqual({ entered: [], left: ["c1"] });
    await sql`update orders set status = 'cancelled' where order_id = 'o1'`.execute(db);
    await buys("c2", "o2");
    await sql`insert into customers (customer_id, created_at) values ('c5', ${start})`.execute(db);
    await setClock(db, at(2), 0);
    expect(names(await diff())).toEqual({ entered: ["c1", "c5"], left: ["c2"] });
    // from the beginning c1 has neither come nor gone
    await setClock(db, at(3), 0);
    expect(names(await diff())).toEqual({ entered: [], left: [] });
    expect(names(await diff(at(0.5)))).toEqual({ entered: ["c5"], left: ["c2"] });
    expect(names(await diff(at(1.5)))).toEqual({ entered: ["c1", "c5"], left: ["c2"] });
  });

  test("two looks at the same moment are one", async () => {
    await diff();
    await buys("c1", "o1");
    await diff();
    await sql`delete from orders`.execute(db);
    await diff();
    await setClock(db, at(1), 0);
    expect(names(await diff())).toEqual({ entered: [], left: [] });
  });

  test("who was in it then is kept, whatever is known since", async () => {
    await diff();
    await buys("c1", "o1");
    await setClock(db, at(1), 0);
    await diff();
    // an order that nobody knew of on the day it was paid
    await buys("c2", "o2");
    const then = async (days: number) =>
      (await membersThen(db, "never-bought", at(days), { limit: 3 })).map(({ customer }) => customer);
    expect(await then(0.5)).toEqual(["c1", "c2", "c3"]);
    expect(await then(1)).toEqual(["c2", "c3", "c4"]);
    const [stay] = await membersThen(db, "never-bought", at(0.5), { limit: 1 });
    expect(stay).toEqual({ customer: "c1", enteredAt: start, leftAt: at(1) });
    await expect(then(-1)).rejects.toThrow(/nobody had looked/);
  });

  test("cannot be asked of a time before the first look", async () => {
    await expect(diff(at(-1))).rejects.toThrow(/nobody had looked/);
  });

  test("many looks at once agree", async () => {
    await diff();
    await buys("c1", "o1");
    await setClock(db, at(1), 0);
    await Promise.all(Array.from({ length: 6 }, () => diff()));
    const { rows } = await sql<{
      n: number;
    }>`select count(*) as n from segment_members where left_at is not null`.execute(db);
    expect(rows[0]!.n).toBe(1);
  });

  test("all segments are looked at in one go", async () => {
    const looks = await lookAtAll(db, library);
    expect(looks.map(({ segment }) => segment)).toEqual(Object.keys(library.segments).toSorted());
    expect(looks.find(({ segment }) => segment === "never-bought")).toMatchObject({ members: 4, entered: 4, left: 0 });
  });
});
