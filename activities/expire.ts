import { decideExpire } from "../src/campaign/decide/expire.ts";
import { code, type ExpireStep } from "../src/campaign/program.ts";
import { markOverdue } from "../src/store/task.ts";
import { expireWaits, loadWaits } from "../src/store/wait.ts";
import { withdrawCalls } from "../src/store/webhook-call.ts";
import type { Handler } from "./context.ts";

/** A wait's time is over. Under the customer's lock it either was met in time or never will be. */
export const expire: Handler<ExpireStep> = async ({ tx, batch, members, program }, step) => {
  const ids = members.map((member) => member.id);
  const waits = await loadWaits(tx, ids, step.of, batch.occurrence);
  const decisions = members.map((member) => decideExpire(waits.get(member.id), step.as));
  const unmet = ids.filter((_, i) => decisions[i]!.outcome === code(step.as));
  await expireWaits(tx, unmet, step.of, batch.occurrence);
  await markOverdue(tx, unmet, step.of, batch.occurrence);
  if (program.steps[step.of]?.kind === "webhook") await withdrawCalls(tx, unmet, step.of, batch.occurrence);
  return decisions;
};
