import type { CouponPool, Program } from "../program.ts";

/** Something that a budget line pays for. */
export interface Cost {
  line: string;
  /** minor units */
  amount: number;
}

/** What one message by a channel costs; undefined: nothing that is booked. */
export function messageCost({ budget, policy }: Pick<Program, "budget" | "policy">, channel: string): Cost | undefined {
  const amount = policy.channelCosts?.[channel];
  const line = budget.find((each) => each.channels?.includes(channel))?.id;
  return amount === undefined || line === undefined ? undefined : { line, amount };
}

/** What one code costs when it is redeemed. */
export function couponCost({ line, cost, amountOff }: CouponPool): Cost | undefined {
  const amount = cost ?? amountOff;
  return line === undefined || amount === undefined ? undefined : { line, amount };
}

/** Whether a code's cost is set aside as long as it is out. */
export function bookedAtIssue(pool: CouponPool): boolean {
  return pool.bookAt !== "redemption";
}

export const SPENT = "budget-spent";

/** Lines that decisions' reasons name as spent. */
export function spentLines(decisions: readonly { reasons: readonly string[] }[]): string[] {
  const reasons = decisions.flatMap((decision) => decision.reasons).filter((reason) => reason.startsWith(`${SPENT}:`));
  return [...new Set(reasons.map((reason) => reason.slice(SPENT.length + 1)))];
}

/** Who is told that a line is spent. Programs of before lines had owners fall back on the plan. */
export function teamOf({ budget, plan }: Pick<Program, "budget" | "plan">, line: string): string {
  return budget.find((each) => each.id === line)?.team ?? plan[0]?.owner ?? "marketing";
}
