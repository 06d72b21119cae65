import { sql } from "kysely";
import { type Cap, capSince } from "../src/campaign/decide/caps.ts";
import { challengeDay } from "../src/campaign/decide/challenge.ts";
import type { ChannelFacts } from "../src/campaign/decide/reach.ts";
import { validUntil } from "../src/campaign/decide/validity.ts";
import type { Minute, RsvpStep, SendStep, SurveyStep } from "../src/campaign/program.ts";
import { checkedIn, firstDays } from "../src/store/challenge.ts";
import { timeOf } from "../src/store/clock.ts";
import { loadReach } from "../src/store/reach.ts";
import type { Context, Member } from "./context.ts";
import { withOpenComplaint } from "./problem.ts";

export type MailStep = SendStep | SurveyStep | RsvpStep;

/** Facts of a batch that is to be written to, loaded set-wise; by enrolment or customer. */
export interface MailFacts {
  channels(member: Member): ChannelFacts[];
  /** messages that count for each of the policy's caps, by index; those of this batch are added as they are decided */
  used: Map<number, number[]>;
  openComplaint: Set<number>;
  checkedIn: Set<number>;
  validUntil(member: Member): Minute;
  challenge?: { step: string; day: number; days: number };
}

export async function loadMailFacts(context: Context, step: MailStep): Promise<MailFacts> {
  const { tx, members, program } = context;
  const challenge = challengeOf(context, step);
  const dayOf = challenge && (await challengeDays(context, challenge));
  return {
    channels: await loadChannels(context, step),
    used: await countMessages(context, program.policy.caps),
    openComplaint: await withOpenComplaint(tx, members),
    checkedIn:
      challenge && dayOf && "unlessCheckedIn" in step && step.unlessCheckedIn
        ? await checkedIn(
            tx,
            challenge.step,
            [...dayOf].map(([enrolment, day]) => ({ enrolment, day })),
          )
        : new Set(),
    validUntil: (member) => validUntil(member.calendar, member.firstDue, step.validFor, dayOf?.get(member.id)),
    ...(challenge && { challenge }),
  };
}

/** The challenge's day that this batch's occurrence stands for, if the mail belongs to one. */
function challengeOf({ program, batch }: Context, step: MailStep): MailFacts["challenge"] {
  if (step.kind !== "send" || step.challenge === undefined) return undefined;
  const open = Object.values(program.steps).find(
    (other) => other.kind === "challengeOpen" && other.id === step.challenge,
  );
  if (open?.kind !== "challengeOpen") return undefined;
  return { step: open.id, day: challengeDay(batch.occurrence, open.days), days: open.days };
}

async function loadChannels(
  { tx, members, settings }: Context,
  step: MailStep,
): Promise<(member: Member) => ChannelFacts[]> {
  const customers = [...new Set(members.map((member) => member.customer))];
  const reach = await loadReach(tx, customers, { ...step, configured: settings.channels });
  return ({ customer }) => reach.get(customer)!;
}

async function challengeDays(
  { tx, members }: Context,
  challenge: { step: string; day: number },
): Promise<Map<number, number>> {
  const first = await firstDays(
    tx,
    members.map((member) => member.id),
    challenge.step,
  );
  return new Map([...first].map(([enrolment, day]) => [enrolment, day + challenge.day - 1]));
}

/** Messages of all runs that have left or may still leave, in each cap's calendar days of the customer. */
async function countMessages({ tx, members, at }: Context, caps: readonly Cap[]): Promise<Map<number, number[]>> {
  const used = new Map(members.map((member) => [member.customer, caps.map(() => 0)]));
  if (caps.length === 0) return used;
  const asked = [...new Map(members.map((member) => [member.customer, member])).values()].flatMap((member) =>
    caps.map((cap, index) => ({
      customer: member.customer,
      cap: index,
      since: timeOf(capSince(cap, member.calendar, at)),
      channel: cap.channel ?? null,
      kind: cap.sendKind ?? null,
      tag: cap.tag ?? null,
    })),
  );
  const { rows } = await sql<{ customer: number; cap: number; count: number }>`
    select a.customer, a.cap, count(*)::int as count
    from jsonb_to_recordset(${JSON.stringify(asked)}::jsonb) as a (customer bigint, cap int, since timestamptz, channel text, kind text, tag text)
    join messages m on m.customer = a.customer and m.created_at >= a.since and m.status <> 'withheld' and m.counts
      and (a.tag is null or a.tag = any(m.tags))
      and (a.channel is null or m.channel = a.channel)
      and case when a.kind is null then m.kind <> 'transactional' else m.kind = a.kind end
    group by a.customer, a.cap`.execute(tx);
  for (const row of rows) used.get(row.customer)![row.cap] = row.count;
  return used;
}
