import { sql } from "kysely";
import { expect, test } from "vitest";
import { InputError } from "../../../src/fault.ts";
import { reactToEvents } from "../../../src/intake/react.ts";
import { openLines } from "../../../src/operate/run/line.ts";
import { launch } from "../../../src/operate/run/launch.ts";
import { applyDefinition } from "../../../src/operate/campaign/apply.ts";
import { now } from "../../../src/store/clock.ts";
import { lockCustomers } from "../../../src/store/customer.ts";
import { transaction } from "../../../src/store/database.ts";
import { endEnrolments } from "../../../src/store/enrolment.ts";
import { insertEvents } from "../../../src/store/event.ts";
import { linesDue } from "../../../src/store/line-look.ts";
import { newCustomers } from "../../activities/world.ts";
import { standing } from "../../intake/standing.ts";
import { testSchema } from "../../support/schema.ts";
import { onDay } from "../support/campaigns.ts";

const { db } = await testSchema();
const home = { currency: "CNY", timezone: "Asia/Shanghai" };
const GROUPS = ["promotion", "care", "news"];
const INSIDE = 8;
const go = (campaign: string) => launch(db, { campaign, reach: "inbox", confirmed: true, acceptStale: true });

test(
  "events, launches, lines and endings at once: nobody is twice in a group, nothing beyond its cap, no deadlock comes up",
  { timeout: 240_000 },
  async () => {
    await onDay(db, 0);
    const customers = await newCustomers(db, 60);
    const { rows: names } = await sql<{ id: string }>`select customer_id as id from customers order by id`.execute(db);
    // priorities against the order of names, so that runs and groups are met in different orders
    for (const [i, group] of [...GROUPS, ...GROUPS].entries()) {
      await standing(
        db,
        `join-${i}`,
        { event: { type: "cart.updated" } },
        {
          audience: {
            ...{ holdout: 0, reentry: "PT1H", concurrent: INSIDE },
            exclusive: { group, restAfter: "P0D", onConflict: i % 2 ? "queue" : "skip", priority: 6 - i },
          },
        },
      );
    }
    const launches = [...GROUPS, ...GROUPS].map((group, i) => ({ id: `launch-${i}`, group }));
    for (const { id, group } of launches) {
      const exclusive = { group, restAfter: "P0D", onConflict: "queue" };
      const journey = [{ id: "hello", send: { channel: "email", template: "invite" } }];
      const audience = { segment: "never-bought", holdout: 0, concurrent: INSIDE, exclusive };
      await applyDefinition(db, "rules", id, { id, name: { en: id, "zh-CN": id }, audience, journey }, "me");
    }
    const at = await now(db);
    await insertEvents(
      db,
      names.map(({ id }, n) => {
        const event = { source: "shop", id: `e${n}`, type: "cart.updated", customerId: id, occurredAt: at };
        return { ...event, data: {} };
      }),
    );

    const lines = Array.from({ length: 2 }, () => openLines(db));
    await Promise.all([
      ...Array.from({ length: 4 }, async () => {
        while (await reactToEvents({ db, home, onStimuli: () => undefined }, undefined, 10));
      }),
      ...launches.map(({ id }) => go(id).catch((error) => expect(error).toBeInstanceOf(InputError))),
      ...lines.map(async (each) => {
        for (let n = 0; n < 20; n++) await each.look();
      }),
      ...Array.from({ length: 3 }, (_, part) => leaving(part)),
    ]);
    await check();
    // until nobody waits: as some leave, others enter
    while ((await waiting()) > 0 || (await linesDue(db)).due > 0) {
      await Promise.all([leaving(0), leaving(1), leaving(2), ...lines.map((each) => each.look())]);
      await check();
    }
    const { rows } = await sql<{ run: string; entered: number }>`
      select run, count(*)::int as entered from enrolments where run like 'launch-%' group by run order by run`.execute(
      db,
    );
    expect(rows.reduce((sum, { entered }) => sum + entered, 0)).toBeGreaterThanOrEqual(
      customers.length * GROUPS.length,
    );

    /** Some of those who are inside end, in transactions of several, whatever run they are in. */
    async function leaving(part: number): Promise<void> {
      const { rows: inside } = await sql<{ id: number; customer: number }>`
        select id, customer from enrolments where status = 'live' and id % 3 = ${part} order by id desc limit 15`.execute(
        db,
      );
      await transaction(db, async (tx) => {
        await lockCustomers(
          tx,
          inside.map(({ customer }) => customer),
        );
        const ids = inside.map(({ id }) => id);
        await sql`select from enrolments where id = any(${ids}::bigint[]) order by id for no key update`.execute(tx);
        await endEnrolments(tx, ids, "completed", await now(tx));
      });
    }
  },
);

async function waiting(): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from entries where status = 'waiting'`.execute(
    db,
  );
  return rows[0]!.n;
}

async function check(): Promise<void> {
  const { rows: twice } = await sql`
    select e.customer, r.exclusive_group from enrolments e join runs r on r.id = e.run
    where e.status = 'live' group by 1, 2 having count(*) > 1`.execute(db);
  expect(twice).toEqual([]);
  const { rows: full } = await sql`
    select campaign from enrolments where status = 'live' group by campaign having count(*) > ${INSIDE}`.execute(db);
  expect(full).toEqual([]);
}
