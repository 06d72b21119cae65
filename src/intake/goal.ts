import { insertConversions, type NewConversion, type OrderState, supersede } from "../store/conversion.ts";
import { code } from "../campaign/program.ts";
import { type MetWait, meetWaits } from "../store/awaiting.ts";
import { eventValue } from "../campaign/event-value.ts";
import type { Batch, Pending } from "./batch.ts";
import { groupBy } from "./group.ts";
import { type Member, tell } from "./member.ts";
import { digitsOf } from "../campaign/currency.ts";
import { type Area, concerns, type Waiting } from "./wait.ts";
import type { Judge } from "./where.ts";

/** The event that a campaign is for: it counts, and it ends the members' threads before any of their waits see it. */
export function openGoals(batch: Batch, waits: Waiting[], judge: Judge, orders: Map<string, OrderState>): Area {
  const byCustomer = groupBy(
    waits.filter((wait) => wait.kind === "goal"),
    (wait) => wait.member.customer,
  );
  const conversions: NewConversion[] = [];
  const met: MetWait[] = [];
  const moved: { id: number; root: number }[] = [];
  const ended: number[] = [];

  /** What the goal does to a member that is still on its way; a member already past the target goes on as it is. */
  function act(member: Member) {
    const { onConvert } = member.known.program.goal;
    if (member.arm === "holdout" || member.status !== "live" || member.dropped || onConvert.mode === "continue") return;
    if (onConvert.mode === "goto" && member.position >= onConvert.root) return;
    member.dropped = true;
    member.epoch += 1;
    if (onConvert.mode === "exit") {
      member.status = "ended";
      ended.push(member.id);
    } else {
      member.position = onConvert.root;
      moved.push({ id: member.id, root: onConvert.root });
    }
    tell(batch, member, { kind: "convert", epoch: member.epoch, pc: onConvert.mode === "goto" ? onConvert.pc : -1 });
  }

  return {
    react(event) {
      for (const wait of byCustomer.get(event.customer) ?? []) {
        const { member, enrolment, step, occurrence } = wait;
        if (!concerns(wait, event) || isUndone(event, orders)) continue;
        if (!judge(member.known.program.goal.convert?.where, member, event)) continue;
        wait.met = true;
        met.push({ enrolment, step, occurrence, outcome: code("met"), by: event.id });
        conversions.push({
          enrolment,
          customer: member.customer,
          event: event.id,
          at: event.occurred_at,
          order_id: typeof event.data.order_id === "string" ? event.data.order_id : null,
          amount: amountOf(event, orders, batch.home.currency),
        });
        (event.reaction.converted ??= []).push(enrolment);
        act(member);
      }
    },
    async store(tx) {
      await meetWaits(tx, met, batch.at);
      await insertConversions(tx, conversions);
      await supersede(tx, moved, ended, batch.at);
    },
  };
}

/** The order behind it is somebody else's, or was given back before we heard of it. */
function isUndone(event: Pending, orders: Map<string, OrderState>): boolean {
  if (event.type !== "order.paid") return false;
  const order = orders.get(String(event.data.order_id));
  return order?.customer !== event.customer || order.status === "refunded" || order.status === "cancelled";
}

function amountOf(event: Pending, orders: Map<string, OrderState>, currency: string): number | null {
  const order = event.type === "order.paid" ? orders.get(String(event.data.order_id)) : undefined;
  if (order) return order.left;
  const amount = eventValue(
    { name: "event.amount", type: "money", source: { from: "scope" } },
    event.data,
    digitsOf(currency),
  );
  return typeof amount === "number" ? amount : null;
}
