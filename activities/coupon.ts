import { plus } from "../src/campaign/calendar.ts";
import { SPENT } from "../src/campaign/decide/cost.ts";
import { decided, skipped } from "../src/campaign/decide/decision.ts";
import type { CouponPool, CouponStep } from "../src/campaign/program.ts";
import { timeOf } from "../src/store/clock.ts";
import { lockPool, reserveCoupons } from "../src/store/coupon.ts";
import { keepData } from "../src/store/journey-data.ts";
import type { MessageData } from "../src/store/message.ts";
import { openCouponBill } from "./bill.ts";
import type { Context, Handler, Member } from "./context.ts";
import { heldBack } from "./give.ts";

type Coupon = NonNullable<MessageData["coupon"]>;

/** A coupon of the customer's own at once; what shows it comes later, as steps.<id>.code. */
export const coupon: Handler<CouponStep> = async (context, step) => {
  const { tx, members, time } = context;
  const decisions = await heldBack(context, step);
  const pool = poolOf(context, step.pool);
  let left = await lockPool(tx, pool);
  const bill = await openCouponBill(context, pool);
  members.forEach((_, i) => {
    if (decisions[i] !== undefined) return;
    const line = bill.lacking();
    if (left <= 0) decisions[i] = skipped("coupon-exhausted");
    else if (line !== undefined) decisions[i] = skipped(`${SPENT}:${line}`);
    else {
      left -= 1;
      bill.pay();
    }
  });
  const given = members.filter((_, i) => decisions[i] === undefined);
  const coupons = await reserve(context, pool, given, time);
  await keepData(
    tx,
    step.id,
    given.map((member) => ({ enrolment: member.id, values: { code: coupons.get(member.id)!.code } })),
  );
  await bill.book(given);
  return decisions.map((decision) => decision ?? decided("done"));
};

export function poolOf({ program }: Context, id: string): CouponPool {
  const pool = program.coupons[id];
  if (!pool) throw new Error(`the program has no coupon pool ${id}`);
  return pool;
}

/**
 * A code for each member, within what `lockPool` said is left. @returns by enrolment, as templates get it
 * @param issued when the customer has it; null: when its message is accepted
 */
export async function reserve(
  { tx, name, batch, at, time, program }: Context,
  pool: CouponPool,
  members: Member[],
  issued: Date | null,
): Promise<Map<number, Coupon>> {
  const rows = members.map((member) => ({
    enrolment: member.id,
    step: name,
    occurrence: batch.occurrence,
    customer: member.customer,
    expiresAt: timeOf(plus(member.calendar, at, pool.validFor.days, pool.validFor.minutes)),
  }));
  const codes = await reserveCoupons(tx, pool, rows, time, issued);
  return new Map(
    rows.map(({ enrolment, expiresAt }): [number, Coupon] => [
      enrolment,
      {
        code: codes.get(enrolment)!,
        minimum: pool.minimum,
        currency: program.currency,
        expiresAt: expiresAt.toISOString(),
        ...(pool.percentOff !== undefined && { percentOff: pool.percentOff }),
        ...(pool.amountOff !== undefined && { amountOff: pool.amountOff }),
      },
    ]),
  );
}
