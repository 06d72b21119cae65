import { code } from "../program.ts";
import { type Decision, decided } from "./decision.ts";

/** What became of a wait whose time is over: met after all, or not. */
export function decideExpire(
  wait: { status: "open" | "met" | "expired" | "dropped"; outcome: number | null } | undefined,
  as: "timeout" | "overdue",
): Decision {
  if (wait?.status === "met") return { outcome: wait.outcome ?? code("met"), reasons: [] };
  return decided(as, undefined, wait ? [] : ["no-wait"]);
}
