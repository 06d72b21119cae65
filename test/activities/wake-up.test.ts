import { sql } from "kysely";
import { expect, test } from "vitest";
import type { WaitForStep } from "../../src/campaign/program.ts";
import { reactToEvents } from "../../src/intake/react.ts";
import { minuteOf } from "../../src/store/clock.ts";
import { insertEvents } from "../../src/store/event.ts";
import { testSchema } from "../support/schema.ts";
import { at, enrolled, LAUNCH, programOf } from "./world.ts";

const { db } = await testSchema();
const home = { currency: "CNY", timezone: "Asia/Shanghai" };
const order: WaitForStep = {
  kind: "waitFor",
  id: "order",
  event: "order.paid",
  since: "step",
  within: { days: 7, minutes: 0 },
};

async function react() {
  while (await reactToEvents({ db, home, onStimuli: () => undefined }));
}

test("an event that arrives while its wait comes into being wakes the journey once: by looking back or by intake", async () => {
  const size = 60;
  const heard = { lookingBack: 0, intake: 0 };
  for (let round = 0; round < 8; round++) {
    await at(db, LAUNCH);
    const world = await enrolled(db, { program: programOf({ order }), size });
    const { rows: people } = await sql<{ customer_id: string }>`
      select c.customer_id from enrolments e join customers c on c.id = e.customer where e.run = ${world.run} order by e.member`.execute(
      db,
    );
    const post = (from: number) =>
      insertEvents(
        db,
        people.slice(from, from + 15).map(({ customer_id: customerId }, i) => ({
          source: "shop",
          id: `${world.run}/${from + i}`,
          type: "order.paid",
          customerId,
          occurredAt: LAUNCH,
          data: { order_id: `${world.run}/${from + i}`, amount: 120 },
        })),
      ).then(react);
    const ask = (from: number) => world.act("order", { members: Array.from({ length: 15 }, (_, i) => from + i) });
    const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
    // before, after, and twice at the same time, a little more apart from round to round
    const answers = await Promise.all([
      ask(0).then(async (asked) => (await post(0), asked)),
      post(15).then(() => ask(15)),
      Promise.all([later(round * 3).then(() => ask(30)), post(30)]).then(([asked]) => asked),
      Promise.all([ask(45), later(round * 3).then(() => post(45))]).then(([asked]) => asked),
    ]);
    await react();

    const { rows: told } = await sql<{ member: number }>`select member from stimuli where run = ${world.run}`.execute(
      db,
    );
    const met = answers.flatMap((asked) => Object.entries(asked)).filter(([, each]) => each.outcome === "met");
    const awake = [...met.map(([member]) => Number(member)), ...told.map((row) => row.member)].sort((a, b) => a - b);
    expect(awake).toEqual(Array.from({ length: size }, (_, i) => i));
    heard.lookingBack += met.length;
    heard.intake += told.length;
    // a worker that died after its commit asks again and hears the same, so the journey goes on either way
    const again = await world.act("order");
    expect(again.map((each) => each.outcome)).toEqual(Array(size).fill("met"));
    expect(again.every((each) => each.at === minuteOf(LAUNCH))).toBe(true);
  }
  expect(heard.lookingBack).toBeGreaterThanOrEqual(8 * 15);
  expect(heard.intake).toBeGreaterThanOrEqual(8 * 15);
});
