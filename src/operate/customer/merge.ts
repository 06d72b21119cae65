import type { Home } from "../../campaign/library.ts";
import { error, type Fault, InputError } from "../../fault.ts";
import { now } from "../../store/clock.ts";
import { noCustomer } from "../../store/customer.ts";
import {
  campaignsNaming,
  findMerged,
  lockAlone,
  lockNames,
  mergeCustomer,
  type MergedRows,
  recordMerge,
} from "../../store/customer-merge.ts";
import { type Database, rehearsal, type Tx } from "../../store/database.ts";
import { findCustomer } from "../../store/segment.ts";
import { loadWatched, lookAtCustomers } from "../../store/segment-watch.ts";

export interface MergeOrder {
  /** customer_ids */
  keep: string;
  drop: string[];
  /** who says that they are one */
  by: string;
  home: Pick<Home, "timezone">;
  /** false: only says what would be done */
  confirmed: boolean;
}

export interface Merge {
  kept: string;
  /** false: nothing was changed */
  done: boolean;
  dropped: (MergedRows & {
    customer: string;
    /** applied campaigns that name it on a list, where the kept one may have to be put in its place */
    listed: string[];
  })[];
}

/**
 * Several customers turn out to be one. Everything of the dropped ones becomes the kept one's, in one transaction, and
 * their names reach it from now on. What a preview says is what would have been done: it is done, and undone. Wake
 * "dispatch" afterwards.
 * @throws InputError when one of them is not there, or is the other one already
 */
export async function mergeCustomers(db: Database, order: MergeOrder): Promise<Merge> {
  const merging = async (tx: Tx) => {
    await lockNames(tx, "alone");
    const ids = await idsOf(tx, order);
    await lockAlone(tx, [...ids.values()]);
    const at = await now(tx);
    const kept = ids.get(order.keep)!;
    const merge: Merge = { kept: order.keep, done: order.confirmed, dropped: [] };
    for (const customer of order.drop) {
      const pair = { kept, dropped: ids.get(customer)! };
      const rows = await mergeCustomer(tx, pair, at);
      await recordMerge(tx, pair, rows, order.by, at);
      merge.dropped.push({ customer, ...rows, listed: await campaignsNaming(tx, customer) });
    }
    await lookAtCustomers(tx, await loadWatched(tx), [kept], { asOf: at, homeZone: order.home.timezone });
    return merge;
  };
  return rehearsal(db, merging, (merge) => merge.done);
}

/** Internal ids by name. */
async function idsOf(tx: Tx, { keep, drop }: MergeOrder): Promise<Map<string, number>> {
  const names = [keep, ...drop];
  const merged = await findMerged(tx, names);
  const faults: Fault[] = [];
  const ids = new Map<string, number>();
  for (const [i, name] of names.entries()) {
    const into = merged.get(name);
    if (into !== undefined) faults.push(already(name, into));
    else if (names.indexOf(name) < i) {
      faults.push(error(name, { en: "is named twice", "zh-CN": "重复出现" }));
    } else {
      const found = await findCustomer(tx, name);
      if (found) ids.set(name, found.id);
      else faults.push(...(await noCustomer(tx, name)).faults);
    }
  }
  if (faults.length > 0) throw new InputError(faults);
  return ids;
}

function already(name: string, into: string): Fault {
  return error(
    name,
    { en: `was merged into ${into} before`, "zh-CN": `此前已并入 ${into}` },
    { en: `name ${into} instead`, "zh-CN": `请改用 ${into}` },
  );
}
