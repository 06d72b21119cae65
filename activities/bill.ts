import { bookedAtIssue, type Cost, couponCost, messageCost } from "../src/campaign/decide/cost.ts";
import type { CouponPool } from "../src/campaign/program.ts";
import { couponKey, insertBudgetEntries, messageKey, type NewBudgetEntry } from "../src/store/budget.ts";
import { openPurse } from "../src/store/purse.ts";
import type { Context, Member } from "./context.ts";
import type { MailStep } from "./send-facts.ts";

/** What a batch of messages, with their coupons, may cost and does. */
export interface Bill {
  /** by channel, the line that cannot bear one more */
  spent(): Record<string, string>;
  pay(channel: string): void;
  /** books what was paid; after everything else, as lines are locked last */
  book(written: { member: Member; channel: string }[]): Promise<void>;
}

/** Locks the lines that a mail's channels and coupon are paid from. Pools are locked before. */
export async function openBill(context: Context, step: MailStep, pool: CouponPool | undefined): Promise<Bill> {
  const { tx, program, batch, time } = context;
  const coupon = pool && couponCost(pool);
  const costOf = new Map(step.channels.map((channel) => [channel, messageCost(program, channel)]));
  const purse = await openPurse(
    tx,
    [...costOf.values(), coupon].flatMap((cost) => (cost ? [{ run: batch.run, line: cost.line }] : [])),
  );
  // a code that is booked when it is used needs a line that is not spent, but takes nothing from it yet
  const aside = pool && coupon && bookedAtIssue(pool) ? [coupon] : [];
  const ofMessage = (channel: string) => [costOf.get(channel) ?? []].flat();
  return {
    spent() {
      const found: Record<string, string> = {};
      for (const channel of step.channels) {
        const line = purse.lacking(batch.run, [...ofMessage(channel), coupon ?? []].flat());
        if (line !== undefined) found[channel] = line;
      }
      return found;
    },
    pay(channel) {
      purse.pay(batch.run, [...ofMessage(channel), ...aside]);
    },
    async book(written) {
      const entries = written.flatMap(({ member, channel }) => [
        ...ofMessage(channel).map((cost) => entryOf(context, member, messageKey, cost, channel)),
        ...aside.map((cost) => entryOf(context, member, couponKey, cost, pool!.id)),
      ]);
      await insertBudgetEntries(tx, entries, time);
    },
  };
}

/** The same for codes that are given without a message. */
export async function openCouponBill(context: Context, pool: CouponPool) {
  const { tx, batch, time } = context;
  const cost = couponCost(pool);
  const purse = await openPurse(tx, cost ? [{ run: batch.run, line: cost.line }] : []);
  const costs = cost ? [cost] : [];
  const aside = bookedAtIssue(pool) ? costs : [];
  return {
    lacking: () => purse.lacking(batch.run, costs),
    pay: () => purse.pay(batch.run, aside),
    book: (given: Member[]) =>
      insertBudgetEntries(
        tx,
        given.flatMap((member) => aside.map((each) => entryOf(context, member, couponKey, each, pool.id))),
        time,
      ),
  };
}

function entryOf(
  { batch, name }: Context,
  member: Member,
  key: typeof messageKey,
  { line, amount }: Cost,
  note: string,
): NewBudgetEntry {
  const effect = { enrolment: member.id, step: name, occurrence: batch.occurrence };
  return { run: batch.run, line, key: key(effect), amount, note };
}
