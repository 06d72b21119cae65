import { decideExpire } from "../src/campaign/decide/expire.ts";
import { code, type ExpireStep, option, RSVP_OUTCOMES } from "../src/campaign/program.ts";
import { missSeats } from "../src/store/rsvp.ts";
import { markOverdue } from "../src/store/task.ts";
import { expireWaits, loadWaits, meetWaits } from "../src/store/wait.ts";
import { withdrawCalls } from "../src/store/webhook-call.ts";
import type { Handler } from "./context.ts";

const WAITING_LIST = option(RSVP_OUTCOMES.indexOf("waiting-list"));

/** A wait's time is over. Under the customer's lock it either was met in time or never will be. */
export const expire: Handler<ExpireStep> = async ({ tx, batch, members, program, time }, step) => {
  const ids = members.map((member) => member.id);
  const waits = await loadWaits(tx, ids, step.of, batch.occurrence);
  const decisions = members.map((member) => decideExpire(waits.get(member.id), step.as));
  const unmet = ids.filter((_, i) => decisions[i]!.outcome === code(step.as));
  if (program.steps[step.of]?.kind === "rsvp") {
    const missed = await missSeats(tx, unmet, step.of);
    // the waiting list has its own way on
    members.forEach(({ id }, i) => {
      if (missed.has(id)) decisions[i] = { outcome: WAITING_LIST, reasons: [] };
    });
    await meetWaits(tx, [...missed], { step: step.of, occurrence: batch.occurrence }, WAITING_LIST, time);
  }
  await expireWaits(tx, unmet, step.of, batch.occurrence);
  await markOverdue(tx, unmet, step.of, batch.occurrence);
  if (program.steps[step.of]?.kind === "webhook") await withdrawCalls(tx, unmet, step.of, batch.occurrence);
  return decisions;
};
