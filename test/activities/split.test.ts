import { createHash } from "node:crypto";
import { sql } from "kysely";
import { expect, test } from "vitest";
import { option, type SplitStep } from "../../src/campaign/program.ts";
import { testSchema } from "../support/schema.ts";
import { enrolled, programOf } from "./world.ts";

const { db } = await testSchema();
const subject: SplitStep = {
  kind: "split",
  id: "subject",
  branches: [{ id: "plain", below: 4_500 }, { id: "gift", below: 9_000 }, { below: 10_000 }],
};

/** As a data analyst would compute it from the documentation alone. */
function bucket(customerId: string): number {
  const hash = createHash("md5").update(`spring/subject/${customerId}`).digest("hex");
  return Number(BigInt(`0x${hash.slice(0, 15)}`) % 10_000n);
}

test("each customer goes the way of their bucket, in every pass and every run alike", async () => {
  const world = await enrolled(db, {
    program: programOf({ subject, after: { kind: "exit", id: "after", reason: "over" } }),
    size: 400,
  });
  const first = await world.act("subject");
  const { rows } = await sql<{ customer_id: string }>`
    select customer_id from customers where id = any(${world.customers}::bigint[]) order by id`.execute(db);
  const expected = rows.map((row) =>
    option(subject.branches.findIndex(({ below }) => bucket(row.customer_id) < below)),
  );
  expect(first.map((each) => each.outcome)).toEqual(expected);
  expect(new Set(expected)).toEqual(new Set([option(0), option(1), option(2)]));

  const second = await world.act("subject", { occurrence: 2 });
  expect(second.map((each) => each.outcome)).toEqual(expected);
  const other = await enrolled(db, { program: world.program, size: 400, customers: world.customers });
  expect((await other.act("subject")).map((each) => each.outcome)).toEqual(expected);
});

test("shares come near their weights", async () => {
  const world = await enrolled(db, {
    program: programOf({ subject, after: { kind: "exit", id: "after", reason: "over" } }),
    size: 2_000,
  });
  const outcomes = (await world.act("subject")).map((each) => each.outcome);
  const share = (index: number) => outcomes.filter((outcome) => outcome === option(index)).length / outcomes.length;
  expect(share(0)).toBeCloseTo(0.45, 1);
  expect(share(1)).toBeCloseTo(0.45, 1);
  expect(share(2)).toBeCloseTo(0.1, 1);
});
