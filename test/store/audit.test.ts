import { sql } from "kysely";
import { expect, test } from "vitest";
import { type Act, audited } from "../../src/store/audit.ts";
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
  (await sql<Record<string, unknown>>`select nr, begun, action, target, outcome from audit order by nr`.execute(db))
    .rows;

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
  expect(seen).toEqual([{ nr: 1, begun: null, action: act.action, target: { id: "a" }, outcome: null }]);
  await expect(
    audited(
      db,
      act,
      () => Promise.reject(new Error("no")),
      () => "refused",
    ),
  ).rejects.toThrow("no");
  expect(await rows()).toMatchObject([
    { nr: 1, outcome: null },
    { nr: 2, begun: 1, outcome: "done", target: { changed: 3 } },
    { nr: 3, outcome: null },
    { nr: 4, begun: 3, outcome: "refused" },
  ]);
});
