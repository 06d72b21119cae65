import type { Source } from "../rule/ast.ts";
import type { Tx } from "../store/database.ts";
import { loadWatched, lookAtCustomers, type Move, type Watched } from "../store/segment-watch.ts";
import type { Batch, Pending } from "./batch.ts";
import type { Reaction } from "./reaction.ts";

/**
 * Who came into a watched segment, or went, by what has just happened to them. In the reaction's own transaction, since
 * that already holds the customers: the facts cannot be others by the time they are compared, a crash loses neither, and
 * nobody is looked at twice. What only time brings about ("nothing for 180 days"), a schedule finds.
 * @param created customers that nobody knew before
 */
export async function lookAgain(tx: Tx, batch: Batch, created: number[]): Promise<void> {
  const watched = await loadWatched(tx);
  if (watched.length === 0) return;
  const customers = new Set(created);
  const concerned = watched.filter((each) => {
    const touched = batch.events.filter((event) => concerns(each, event));
    for (const event of touched) customers.add(event.customer);
    return touched.length > 0 || created.length > 0;
  });
  const asking = { asOf: batch.at, homeZone: batch.home.timezone };
  const { entered, left, told } = await lookAtCustomers(tx, concerned, [...customers], asking);
  batch.moved = told > 0;
  const causeOf = ({ segment, customer }: Move): Reaction => {
    const theirs = batch.events.filter((event) => event.customer === customer);
    const rule = concerned.find((each) => each.segment === segment)!;
    // of several that are reacted to together the last one that the segment asks about; whom nobody knew, the first brought
    return (theirs.findLast((event) => concerns(rule, event)) ?? theirs[0]!).reaction;
  };
  for (const move of entered) (causeOf(move).entered ??= []).push(move.segment);
  for (const move of left) (causeOf(move).left ??= []).push(move.segment);
}

function concerns({ variables }: Watched, event: Pending): boolean {
  return variables.some(({ source }) => changes(event, source));
}

/** Whether an event may have changed what a variable says of its customer; most change nothing that segments ask for. */
function changes({ type, reaction }: Pending, source: Source): boolean {
  switch (source.from) {
    case "events":
      return source.event === type || (reaction.identity?.linked ?? 0) > 0;
    case "orders":
    case "items":
      return type.startsWith("order.");
    case "complaints":
      return type.startsWith("complaint.");
    case "consent":
      return type === "consent.changed";
    case "enrolments":
      return reaction.converted !== undefined || reaction.takenBack !== undefined || reaction.exited !== undefined;
    case "customer":
    case "trait":
      return type === "customer.identified";
    case "messages":
    case "score":
    case "today":
    case "bucket":
    case "item":
    case "field":
    case "scope":
      return false;
  }
}
