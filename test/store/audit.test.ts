import { sql } from "kysely";
import { expect, test } from "vitest";
import { type Act, audited, enter } from "../../src/store/audit.ts";
import { listActs, verifyAudit } from "../../src/store/audit-log.ts";
import type { Tx } from "../../src/store/database.ts";
import { testSchema } from "../support/schema.ts";

const { db } = await testSchema();
const act: Act = {
  who: "shop",
  kind: "key",
  role: "ops",
  door: "api",
  action: "PUT /v1/things/{id}",
  target: { id: "a" },
};
const rows = async () =>
  (await sql<Record<string, unknown>>`select nr, begun, target, outcome from audit order by nr`.execute(db)).rows;
const refusing = () =>
  audited(
    db,
    act,
    () => Promise.reject(new Error("no")),
    () => "refused",
  );

test("an act is entered before it begins, and again with what came of it", async () => {
  const seen = await audited(
    db,
    act,
    async (note) => {
      note({ changed: 3 });
      return rows();
    },
    () => "failed",
  );
  expect(seen).toEqual([{ nr: 1, begun: null, target: { id: "a" }, outcome: null }]);
  await expect(refusing()).rejects.toThrow("no");
  expect(await rows()).toMatchObject([
    { nr: 1, outcome: null },
    { nr: 2, begun: 1, outcome: "done", target: { changed: 3 } },
    { nr: 3, outcome: null },
    { nr: 4, begun: 3, outcome: "refused" },
  ]);
  expect(await listActs(db, { limit: 10 })).toMatchObject([
    { nr: 3, outcome: "refused", target: { id: "a" } },
    { nr: 1, outcome: "done", target: { id: "a", changed: 3 } },
  ]);
});

test("what cannot be entered is not done", async () => {
  let done = false;
  const work = async () => void (done = true);
  await expect(audited(db, { ...act, kind: null as never }, work, () => "failed")).rejects.toThrow("null value");
  expect(done).toBe(false);
});

test("nothing is changed or taken away", async () => {
  for (const change of [sql`update audit set who = 'x'`, sql`delete from audit where nr = 1`, sql`truncate audit`]) {
    await expect(change.execute(db)).rejects.toThrow("only ever added to");
  }
});

test("entries that come at once stand in one line", async () => {
  await Promise.all(Array.from({ length: 40 }, (_, i) => enter(db, { ...act, target: { i } }, "denied")));
  const found = await verifyAudit(db);
  expect(found).toMatchObject({ intact: true, broken: null, end: { nr: found.entries } });
});

test("whoever gets round that shows: an entry that was changed, one that is missing, an end that was cut off", async () => {
  const { end } = await verifyAudit(db);
  /** what verify says after a change that is undone again */
  const after = async (change: (tx: Tx) => Promise<unknown>, noted = end) => {
    const undo = new Error("undo");
    let said: unknown;
    const work = db.transaction().execute(async (tx) => {
      await sql`alter table audit disable trigger audit_kept`.execute(tx);
      await change(tx);
      said = await verifyAudit(inside(tx), noted);
      throw undo;
    });
    await expect(work).rejects.toBe(undo);
    return said;
  };
  expect(await after(async () => undefined)).toMatchObject({ intact: true });
  expect(await after((tx) => sql`update audit set who = 'nobody' where nr = 3`.execute(tx))).toMatchObject({
    broken: 3,
  });
  expect(await after((tx) => sql`delete from audit where nr = 6`.execute(tx))).toMatchObject({ broken: 6 });
  expect(await after((tx) => sql`delete from audit where nr = ${end.nr}`.execute(tx))).toMatchObject({
    broken: end.nr,
  });
  // all hashes worked out anew agree with each other, but not with the end that somebody has noted
  const rewrite = async (tx: Tx) => {
    await sql`update audit set who = 'nobody' where nr = ${end.nr}`.execute(tx);
    await sql`update audit a set hash = audit_hash(a, (select hash from audit where nr = ${end.nr - 1})) where nr = ${end.nr}`.execute(
      tx,
    );
    await sql`update audit_end set hash = (select hash from audit where nr = ${end.nr})`.execute(tx);
  };
  expect(await after(rewrite)).toMatchObject({ intact: false, broken: end.nr });
});

/** A transaction as the database that verify begins its own in. */
function inside(tx: Tx): typeof db {
  const builder = {
    setIsolationLevel: () => builder,
    setAccessMode: () => builder,
    execute: <T>(work: (t: Tx) => T) => work(tx),
  };
  return { transaction: () => builder } as unknown as typeof db;
}
