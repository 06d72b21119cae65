import { now } from "../store/clock.ts";
import { lockCustomers } from "../store/customer.ts";
import { type Database, transaction } from "../store/database.ts";
import { lockGroups } from "../store/entry.ts";
import { join } from "../store/join/join.ts";
import { takeSegmentChanges } from "../store/segment-change.ts";
import { runsTriggeredBy } from "./standing-run.ts";

const AT_ONCE = 500;
const WAY = { entry: "in", exit: "out" } as const;

/** Those join who came into a segment, or went, since their campaign's run was launched; each change brings them once. */
export async function joinBySegments(db: Database): Promise<{ joined: number; more: boolean }> {
  return transaction(db, async (tx) => {
    const changes = await takeSegmentChanges(tx, AT_ONCE, await now(tx));
    let joined = 0;
    if (changes.length === 0) return { joined, more: false };
    await lockCustomers(
      tx,
      changes.map((change) => change.customer),
    );
    const at = await now(tx);
    const triggered = await runsTriggeredBy(tx, "segment");
    await lockGroups(
      tx,
      triggered.map(({ program }) => program),
    );
    for (const { run, program, trigger } of triggered) {
      const { segment, on } = trigger;
      const joiners = changes
        .filter((change) => change.segment === segment && change.way === WAY[on] && change.at >= run.launchedAt)
        .map((change) => ({
          customer: change.customer,
          key: "",
          trigger: { segment, on, at: change.at.toISOString() },
        }));
      const results = await join(tx, run.id, program, joiners, at);
      joined += results.filter((one) => "enrolment" in one).length;
    }
    return { joined, more: changes.length === AT_ONCE };
  });
}
