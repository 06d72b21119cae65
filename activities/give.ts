import { SPENT } from "../src/campaign/decide/cost.ts";
import { decided, type Decision, skipped } from "../src/campaign/decide/decision.ts";
import { decideGive } from "../src/campaign/decide/give.ts";
import { validUntil } from "../src/campaign/decide/validity.ts";
import type { CouponStep, GiftStep, PointsStep } from "../src/campaign/program.ts";
import { grantGifts, grantPoints } from "../src/store/gift.ts";
import type { Context, Handler } from "./context.ts";
import { withOpenComplaint } from "./problem.ts";

/** A gift from stock, while there is any. */
export const gift: Handler<GiftStep> = async (context, step) => {
  const { tx, members, program, batch, time } = context;
  const decisions = await heldBack(context, step);
  const definition = program.gifts[step.gift];
  if (!definition) throw new Error(`the program has no gift ${step.gift}`);
  const rows = members
    .filter((_, i) => decisions[i] === undefined)
    .map(({ id, customer }) => ({ run: batch.run, enrolment: id, key: keyOf(context), customer, gift: definition }));
  const granted = new Map((await grantGifts(tx, rows, time)).map((row) => [row.enrolment, row.status]));
  return members.map((member, i) => {
    const status = granted.get(member.id);
    if (status === "budget-spent") return skipped(`${SPENT}:${definition.line}`);
    return decisions[i] ?? (status === "granted" ? decided("done") : skipped(status ?? "already-given"));
  });
};

export const points: Handler<PointsStep> = async (context, step) => {
  const { tx, members, time } = context;
  const decisions = await heldBack(context, step);
  await grantPoints(
    tx,
    members
      .filter((_, i) => decisions[i] === undefined)
      .map(({ id, customer }) => ({ enrolment: id, key: keyOf(context), customer, points: step.points })),
    time,
  );
  return decisions.map((decision) => decision ?? decided("done"));
};

/** What keeps members from being given something now; undefined for those who may have it. */
export async function heldBack(
  { tx, members, program, at }: Context,
  step: CouponStep | GiftStep | PointsStep,
): Promise<(Decision | undefined)[]> {
  const complaints = await withOpenComplaint(tx, members);
  return members.map((member) =>
    decideGive({
      at,
      validUntil: validUntil(member.calendar, member.firstDue, step.validFor),
      kind: step.sendKind,
      policy: program.policy,
      openComplaint: complaints.has(member.customer),
    }),
  );
}

/** Unlike the keys of a challenge's rewards it names no day: "thanks/1". */
function keyOf({ name, batch }: Context): string {
  return `${name}/${batch.occurrence}`;
}
