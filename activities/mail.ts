import { sql } from "kysely";
import { concerns } from "../src/campaign/decide/caps.ts";
import { decideSend, type SendDecision } from "../src/campaign/decide/send.ts";
import { timeOf } from "../src/store/clock.ts";
import { lockPool } from "../src/store/coupon.ts";
import { insertMessages, type MessageData, type NewMessage } from "../src/store/message.ts";
import { type Bill, openBill } from "./bill.ts";
import type { Context, Member } from "./context.ts";
import { poolOf, reserve } from "./coupon.ts";
import { loadMailFacts, type MailFacts, type MailStep } from "./send-facts.ts";

/** Decides for every member whether a message leaves, and stores those that do, with their coupons. */
export async function mail(context: Context, step: MailStep): Promise<SendDecision[]> {
  const { tx, program, members } = context;
  const facts = await loadMailFacts(context, step);
  const pool = step.kind === "send" && step.coupon !== undefined ? poolOf(context, step.coupon) : undefined;
  const left = pool && (await lockPool(tx, pool));
  const bill = await openBill(context, step, pool);
  const decisions = decideAll(context, step, facts, bill, left);

  const written = members.flatMap((member, i) => {
    const { channel } = decisions[i]!;
    return channel ? [{ member, channel: channel.channel, contact: channel.contact! }] : [];
  });
  if (written.length === 0) return decisions;
  const coupons =
    pool &&
    (await reserve(
      context,
      pool,
      written.map(({ member }) => member),
      null,
    ));
  const locales = await localesOf(
    context,
    written.map(({ member }) => member),
  );
  const template = program.templates[step.template];
  if (template === undefined) throw new Error(`the program has no template ${step.template}`);
  const rows = written.map(({ member, channel, contact }): NewMessage => ({
    enrolment: member.id,
    customer: member.customer,
    run: context.batch.run,
    step: context.name,
    occurrence: context.batch.occurrence,
    channel,
    contact,
    template,
    kind: step.sendKind,
    topic: step.topic,
    tags: step.tags ?? [],
    counts: step.countsTowardsCaps ?? true,
    locale: locales.get(member.customer)!,
    epoch: member.epoch,
    notBefore: context.time,
    validUntil: timeOf(facts.validUntil(member)),
    data: { ...dataOf(context, step, facts), ...(coupons && { coupon: coupons.get(member.id)! }) },
  }));
  await insertMessages(tx, rows, context.time);
  await bill.book(written);
  context.lanes.add("deliver");
  return decisions;
}

/** One after the other, so that what is decided for one counts for the next: caps of the same customer, coupons. */
function decideAll(
  context: Context,
  step: MailStep,
  facts: MailFacts,
  bill: Bill,
  couponsLeft: number | undefined,
): SendDecision[] {
  const { program, members, at } = context;
  let left = couponsLeft;
  return members.map((member) => {
    const used = facts.used.get(member.customer)!;
    const decision = decideSend({
      at,
      zone: member.calendar,
      validUntil: facts.validUntil(member),
      kind: step.sendKind,
      ...(step.tags && { tags: step.tags }),
      ...(step.ignoresCaps && { ignoresCaps: true }),
      policy: program.policy,
      channels: facts.channels(member),
      used,
      openComplaint: facts.openComplaint.has(member.customer),
      checkedIn: facts.checkedIn.has(member.id),
      spent: bill.spent(),
      ...(left !== undefined && { couponsLeft: left }),
    });
    const { channel } = decision;
    if (!channel) return decision;
    if (left !== undefined) left -= 1;
    bill.pay(channel.channel);
    if (step.countsTowardsCaps === false) return decision;
    program.policy.caps.forEach((cap, i) => {
      if (concerns(cap, channel.channel, step.sendKind, step.tags)) used[i]! += 1;
    });
    return decision;
  });
}

function dataOf({ program }: Context, step: MailStep, { challenge }: MailFacts): MessageData {
  return {
    campaign: program.name,
    ...(challenge && { challenge }),
    ...(step.kind === "survey" && { survey: { step: step.id } }),
    ...(step.kind === "rsvp" && { rsvp: { step: step.id } }),
  };
}

/** The language each customer reads, as far as templates have it. */
async function localesOf({ tx, settings }: Context, members: Member[]): Promise<Map<number, string>> {
  const { rows } = await sql<{ id: number; locale: string | null }>`
    select id, locale from customers where id = any(${members.map((member) => member.customer)}::bigint[])`.execute(tx);
  return new Map(rows.map(({ id, locale }) => [id, nearestLocale(locale) ?? settings.locale]));
}

function nearestLocale(locale: string | null): "en" | "zh-CN" | undefined {
  const language = locale?.toLowerCase().split(/[-_]/)[0];
  return language === "zh" ? "zh-CN" : language === "en" ? "en" : undefined;
}
