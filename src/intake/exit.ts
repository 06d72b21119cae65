import { supersede } from "../store/conversion.ts";
import type { Batch, Pending } from "./batch.ts";
import { type Condition, type Member, tell } from "./member.ts";
import type { Tx } from "../store/database.ts";
import type { Judge } from "./where.ts";

/** What a campaign's `exitWhen` asks of these members, for the judge to load. */
export function exitConditions(members: Iterable<Member>): Condition[] {
  return [...members].flatMap((member) => {
    const rule = exitRule(member);
    return rule ? [{ member, rule }] : [];
  });
}

/** Members who by what is known now meet their campaign's `exitWhen` leave it; what was on its way to them stays here. */
export async function storeExits(tx: Tx, batch: Batch, members: Iterable<Member>, judge: Judge): Promise<void> {
  const ended: number[] = [];
  const latest = new Map(batch.events.map((event): [number, Pending] => [event.customer, event]));
  for (const member of members) {
    const rule = exitRule(member);
    const event = latest.get(member.customer);
    if (!rule || !event || !judge(rule, member, event)) continue;
    member.status = "ended";
    member.epoch += 1;
    ended.push(member.id);
    tell(batch, member, { kind: "convert", epoch: member.epoch, pc: -1 });
    (event.reaction.exited ??= []).push(member.id);
  }
  await supersede(tx, [], ended, batch.at, "exit-when");
}

function exitRule({ known, arm, status }: Member) {
  return arm === "treatment" && status === "live" ? known.program.audience.exitWhen : undefined;
}
