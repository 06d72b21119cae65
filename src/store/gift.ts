import { sql } from "kysely";
import type { Gift } from "../campaign/program.ts";
import { insertBudgetEntries } from "./budget.ts";
import { openPurse } from "./purse.ts";
import type { Tx } from "./database.ts";

export interface NewGift {
  run: string;
  enrolment: number;
  /** step, reward, day: "days/streak-7/20547" */
  key: string;
  customer: number;
  /** the definition pinned by the run's program */
  gift: Gift;
}

export interface GrantedGift {
  enrolment: number;
  key: string;
  gift: string;
  status: "granted" | "out-of-stock" | "budget-spent";
}

/**
 * Grants gifts in the order given while stock and budget line last, and books their cost; stocks and lines stay locked
 * until the end. One that is there already is left alone and not returned.
 */
export async function grantGifts(tx: Tx, gifts: NewGift[], at: Date): Promise<GrantedGift[]> {
  if (gifts.length === 0) return [];
  const left = await lockStocks(tx, gifts);
  const fresh = await notYetGranted(tx, gifts);
  const purse = await openPurse(
    tx,
    fresh.flatMap(({ run, gift }) => (gift.line === undefined ? [] : [{ run, line: gift.line }])),
  );
  const rows = fresh.map((row) => {
    const stock = left.get(row.gift.id) ?? 0;
    const cost = row.gift.line === undefined ? [] : [{ line: row.gift.line, amount: row.gift.unitCost }];
    const status: GrantedGift["status"] =
      stock <= 0 ? "out-of-stock" : purse.lacking(row.run, cost) !== undefined ? "budget-spent" : "granted";
    if (status === "granted") {
      left.set(row.gift.id, stock - 1);
      purse.pay(row.run, cost);
    }
    return { ...row, gift: row.gift.id, line: row.gift.line, unit_cost: row.gift.unitCost, status };
  });
  await sql`
    insert into gifts (enrolment, key, customer, gift, unit_cost, status, granted_at)
    select enrolment, key, customer, gift, unit_cost, status, ${at}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as g (enrolment bigint, key text, customer bigint, gift text,
      unit_cost bigint, status text)`.execute(tx);
  const granted = rows.filter((row) => row.status === "granted");
  await sql`
    update gift_stocks s set granted = s.granted + g.count
    from (select gift, count(*) as count from unnest(${granted.map((row) => row.gift)}::text[]) as u (gift) group by gift) g
    where s.gift = g.gift`.execute(tx);
  const entries = granted.flatMap((row) =>
    row.line === undefined
      ? []
      : [
          {
            run: row.run,
            line: row.line,
            key: `gift/${row.enrolment}/${row.key}`,
            amount: row.unit_cost,
            note: row.gift,
          },
        ],
  );
  await insertBudgetEntries(tx, entries, at);
  return rows.map(({ enrolment, key, gift, status }) => ({ enrolment, key, gift, status }));
}

async function notYetGranted(tx: Tx, gifts: NewGift[]): Promise<NewGift[]> {
  const { rows } = await sql<{ enrolment: number; key: string }>`
    select g.enrolment, g.key
    from unnest(${gifts.map((row) => row.enrolment)}::bigint[], ${gifts.map((row) => row.key)}::text[]) as n (enrolment, key)
    join gifts g on g.enrolment = n.enrolment and g.key = n.key`.execute(tx);
  const there = new Set(rows.map((row) => `${row.enrolment} ${row.key}`));
  return gifts.filter((row) => !there.has(`${row.enrolment} ${row.key}`));
}

/** What is left of each gift; the rows stay locked until the end of the transaction. */
async function lockStocks(tx: Tx, gifts: NewGift[]): Promise<Map<string, number>> {
  const definitions = [...new Map(gifts.map((row) => [row.gift.id, row.gift])).values()];
  definitions.sort((a, b) => (a.id < b.id ? -1 : 1));
  await sql`
    insert into gift_stocks (gift, stock)
    select id, stock from jsonb_to_recordset(${JSON.stringify(definitions)}::jsonb) as g (id text, stock bigint)
    order by id
    on conflict (gift) do nothing`.execute(tx);
  const { rows } = await sql<{ gift: string; left: number }>`
    select gift, stock - granted as left from gift_stocks
    where gift = any(${definitions.map((gift) => gift.id)}::text[])
    order by gift
    for update`.execute(tx);
  return new Map(rows.map((row) => [row.gift, row.left]));
}

export interface NewPoints {
  enrolment: number;
  /** step, reward, day: "days/every-1/20547" */
  key: string;
  customer: number;
  points: number;
}

/** Points under a key that is there already are not given again. @returns the rows given now */
export async function grantPoints(tx: Tx, rows: NewPoints[], at: Date): Promise<NewPoints[]> {
  if (rows.length === 0) return [];
  const { rows: given } = await sql<NewPoints>`
    insert into points (enrolment, key, customer, points, at)
    select enrolment, key, customer, points, ${at}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as p (enrolment bigint, key text, customer bigint, points int)
    on conflict (enrolment, key) do nothing
    returning enrolment, key, customer, points`.execute(tx);
  return given;
}
