import { inMinutes } from "../campaign/duration.ts";
import type { Home } from "../campaign/library.ts";
import { deleteVisitors } from "../store/anonymous.ts";
import { now } from "../store/clock.ts";
import type { Database } from "../store/database.ts";

const USUAL = { days: 90, minutes: 0 };
/** So many events are a moment's work; others shall not wait longer. */
const AT_ONCE = 5_000;

/** Forgets what visitors did whom nobody has recognised for as long as rules/home.json says. @returns whether there may be more */
export async function forgetVisitors(db: Database, home: Pick<Home, "keep">, limit = AT_ONCE): Promise<boolean> {
  const kept = home.keep?.visitors ?? USUAL;
  if (kept === "forever") return false;
  const before = new Date((await now(db)).getTime() - inMinutes(kept) * 60_000);
  return (await deleteVisitors(db, before, limit)) === limit;
}
