import { now } from "../store/clock.ts";
import { lockCustomers } from "../store/customer.ts";
import { type Database, transaction } from "../store/database.ts";
import { addReactions } from "../store/event.ts";
import { join } from "../store/join/join.ts";
import { customersDue, takeSettled } from "../store/join/settling.ts";
import { runsTriggeredBy } from "./standing-run.ts";

const AT_ONCE = 500;

/** Those join whose trigger has settled. @returns how many have joined, and whether there may be more */
export async function joinSettled(db: Database): Promise<{ joined: number; more: boolean }> {
  let [joined, more] = [0, false];
  for (const { run, program, trigger } of await runsTriggeredBy(db, "event")) {
    if (!trigger.settle) continue;
    const asked = { unless: trigger.unless, field: trigger.enrolBy?.split(".") ?? [] };
    await transaction(db, async (tx) => {
      const customers = await customersDue(tx, run.id, await now(tx), AT_ONCE);
      if (customers.length === 0) return;
      more ||= customers.length === AT_ONCE;
      await lockCustomers(tx, customers);
      const at = await now(tx);
      const taken = await takeSettled(tx, run.id, customers, at, asked);
      const settled = taken.filter((one) => !one.off);
      const off = taken.filter((one) => one.off);
      await addReactions(
        tx,
        off.map(({ event }) => ({ id: event, list: "calledOff", item: run.id })),
      );
      const joiners = settled.map(({ customer, key, data }) => ({ customer, key, trigger: data }));
      const results = await join(tx, run.id, program, joiners, at);
      await addReactions(
        tx,
        results.map((one, i) => {
          const id = settled[i]!.event;
          if ("refused" in one) return { id, list: "notJoined", item: { run: run.id, reason: one.refused } };
          if ("waiting" in one) return { id, list: "waiting", item: run.id };
          return { id, list: "joined", item: { run: run.id, enrolment: one.enrolment } };
        }),
      );
      joined += results.filter((one) => "enrolment" in one).length;
    });
  }
  return { joined, more };
}
