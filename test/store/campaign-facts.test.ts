import { sql } from "kysely";
import { beforeAll, describe, expect, test } from "vitest";
import { variablesOf } from "../../src/rule/ast.ts";
import { buildCatalogue } from "../../src/rule/catalogue.ts";
import { parseRule } from "../../src/rule/parse.ts";
import { toSql } from "../../src/rule/sql.ts";
import type { Database } from "../../src/store/database.ts";
import { loadFacts } from "../../src/store/facts.ts";
import { testSchema } from "../support/schema.ts";

const catalogue = buildCatalogue({ traits: {}, segments: {}, campaigns: ["winback-30", "tea-month"] });
const homeZone = "Asia/Shanghai";
const NOW = new Date("2026-04-20T04:00:00Z");
let db: Database;

/** 1 is in win-back, and was in tea month; 2 is held out; 3 was never in any. */
beforeAll(async () => {
  ({ db } = await testSchema());
  await sql`insert into customers (customer_id, created_at) select i::text, ${NOW} from generate_series(1, 3) as i`.execute(
    db,
  );
  await sql`insert into contacts (customer, kind, value, created_at) select id, 'email', 'x', ${NOW} from customers`.execute(
    db,
  );
  await sql`insert into documents values ('p', 'program', '{}', ${NOW})`.execute(db);
  await sql`
    insert into runs (id, campaign, program, status, launched_at, launch_day) values
      ('tea-month-1', 'tea-month', 'p', 'closed', '2026-03-01', 0), ('winback-30-1', 'winback-30', 'p', 'running', '2026-04-01', 0)`.execute(
    db,
  );
  await sql`
    insert into enrolments (run, campaign, customer, key, number, arm, zone, status, entered_at, ended_at) values
      ('tea-month-1', 'tea-month', 1, '', 0, 'treatment', 'UTC', 'ended', '2026-03-01T02:00:00Z', '2026-03-20T02:00:00Z'),
      ('winback-30-1', 'winback-30', 1, '', 0, 'treatment', 'UTC', 'live', '2026-04-10T02:00:00Z', null),
      ('winback-30-1', 'winback-30', 2, '', 1, 'holdout', 'UTC', 'live', '2026-04-10T02:00:00Z', null)`.execute(db);
  await sql`
    insert into events (source, event_id, customer_id, customer, type, occurred_at, received_at) values
      ('t', '1', '1', 1, 'order.paid', '2026-03-15T02:00:00Z', ${NOW}), ('t', '2', '2', 2, 'order.paid', '2026-04-15T02:00:00Z', ${NOW})`.execute(
    db,
  );
  await sql`
    insert into conversions (enrolment, customer, event, at, reacted_seq)
    values (1, 1, 1, '2026-03-15T02:00:00Z', 1), (3, 2, 2, '2026-04-15T02:00:00Z', 2)`.execute(db);
  await sql`
    insert into messages (id, enrolment, customer, run, step, occurrence, channel, contact, template, kind, topic, locale,
      epoch, status, not_before, created_at, accepted_at)
    select id, enrolment, 1, 'winback-30-1', id, 1, 'email', 1, 'p', kind, 'promotion', 'en', 0, status, at, at,
      case status when 'accepted' then at end
    from (values
      ('promotion', 2, 'promotion', 'accepted', timestamptz '2026-04-10T16:30:00Z'),
      ('survey', 2, 'service', 'accepted', timestamptz '2026-04-11T02:00:00Z'),
      ('receipt', 2, 'transactional', 'accepted', timestamptz '2026-04-19T02:00:00Z'),
      ('bounced', 2, 'promotion', 'rejected', timestamptz '2026-04-19T02:00:00Z'),
      ('tea', 1, 'promotion', 'accepted', timestamptz '2026-03-02T02:00:00Z')) as m (id, enrolment, kind, status, at)`.execute(
    db,
  );
});

/** Of customers 1, 2, 3 under each name, as facts and (yes/no) as a condition of a base. */
async function factsOf(names: string[], asOf = NOW) {
  const asts = names.map((name) => parseRule({ var: name }, { pointer: "", catalogue, expect: "any" }).rule!);
  const facts = await loadFacts(db, { customers: [1, 2, 3], variables: asts.flatMap(variablesOf), asOf, homeZone });
  for (const [i, ast] of asts.entries()) {
    if (ast.type !== "boolean") continue;
    const { rows } = await sql<{ id: number }>`
      select c.id from customers c where ${toSql(ast, { asOf, homeZone })} order by c.id`.execute(db);
    expect(rows.map(({ id }) => id)).toEqual([1, 2, 3].filter((id) => facts.get(id)![names[i]!] === true));
  }
  return Object.fromEntries(names.map((name) => [name, [1, 2, 3].map((id) => facts.get(id)![name])]));
}

describe("state in campaigns", () => {
  test("is that of treated enrolments: who is held out takes part in nothing", async () => {
    expect(
      await factsOf([
        "campaigns.enrolled",
        "campaigns.winback-30.enrolled",
        "campaigns.tea-month.enrolled",
        "campaigns.converted",
        "campaigns.tea-month.converted",
        "campaigns.winback-30.converted",
        "days_since.last_enrolment",
        "days_since.last_enrolment.tea-month",
      ]),
    ).toEqual({
      "campaigns.enrolled": [true, false, false],
      "campaigns.winback-30.enrolled": [true, false, false],
      "campaigns.tea-month.enrolled": [false, false, false],
      "campaigns.converted": [true, false, false],
      "campaigns.tea-month.converted": [true, false, false],
      "campaigns.winback-30.converted": [false, false, false],
      "days_since.last_enrolment": [10, null, null],
      "days_since.last_enrolment.tea-month": [50, null, null],
    });
  });

  test("is answered for an earlier moment, too", async () => {
    const names = ["campaigns.enrolled", "campaigns.converted", "days_since.last_enrolment", "messages.count"];
    expect(await factsOf(names, new Date("2026-03-10T04:00:00Z"))).toEqual({
      "campaigns.enrolled": [true, false, false],
      "campaigns.converted": [false, false, false],
      "days_since.last_enrolment": [9, null, null],
      "messages.count": [1, 0, 0],
    });
    expect(await factsOf(names, new Date("2026-04-01T04:00:00Z"))).toMatchObject({
      "campaigns.enrolled": [false, false, false],
      "campaigns.converted": [true, false, false],
    });
  });

  test("messages count once they were accepted, unless the customer's own doing called for them", async () => {
    expect(
      await factsOf([
        "messages.count",
        "messages.count_30d",
        "messages.days_30d",
        "messages.last",
        "messages.first_this_month",
        "messages.count_last_month",
        "days_since.last_message",
      ]),
    ).toEqual({
      "messages.count": [3, 0, 0],
      "messages.count_30d": [2, 0, 0],
      "messages.days_30d": [1, 0, 0],
      "messages.last": ["2026-04-11", null, null],
      "messages.first_this_month": ["2026-04-11", null, null],
      "messages.count_last_month": [1, 0, 0],
      "days_since.last_message": [9, null, null],
    });
  });
});
