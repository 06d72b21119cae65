import { createReadStream } from "node:fs";
import { parse } from "csv-parse";
import { type Minute } from "../../campaign/program.ts";
import { timeOf } from "../../store/clock.ts";
import type { Agenda } from "./agenda.ts";
import * as behaviour from "./behaviour.ts";
import { linkOf, type Mail, readText } from "./mailbox.ts";
import type { Outside } from "./outside.ts";

/** All simulated customers: they know who they are, read their mail, and shop. */
export class Customers {
  private readonly byEmail = new Map<string, string>();
  private readonly seed: number;
  private readonly agenda: Agenda;
  private readonly outside: Outside;
  private readonly inboxUrl: string;

  constructor(seed: number, agenda: Agenda, outside: Outside, inboxUrl: string) {
    this.seed = seed;
    this.agenda = agenda;
    this.outside = outside;
    this.inboxUrl = inboxUrl;
  }

  /** Reads who they are from the file that was imported, and plans what they do unasked. */
  async settle(file: string, from: Minute, days: number): Promise<void> {
    for await (const row of createReadStream(file).pipe(parse({ columns: true, bom: true }))) {
      const { customer_id: customer, email } = row as { customer_id: string; email?: string };
      if (email) this.byEmail.set(email.toLowerCase(), customer);
      const purchase = behaviour.spontaneousPurchase(this.seed, customer, from, days);
      if (purchase) this.buys(customer, "anyway", purchase);
      if (email) this.mayComplain(customer, from, days);
    }
  }

  async read(mail: Mail, at: Minute, localMinute: number): Promise<void> {
    const customer = this.byEmail.get(mail.to[0]?.toLowerCase() ?? "");
    if (customer === undefined) return;
    const unsubscribe = linkOf(mail, "unsubscribe");
    if (unsubscribe && behaviour.unsubscribes(this.seed, customer, mail.id)) {
      this.agenda.add(at + 10, () => this.outside.unsubscribe(unsubscribe.url));
    }
    const checkIn = linkOf(mail, "check-in");
    if (checkIn) {
      const when = behaviour.checkInAt(this.seed, customer, checkIn.day ?? 0, at, localMinute);
      if (when !== undefined) this.agenda.add(when, () => this.outside.checkIn(checkIn.url));
      return;
    }
    const survey = linkOf(mail, "survey");
    if (survey) {
      const answer = behaviour.surveyAnswer(this.seed, customer, at);
      if (answer) this.agenda.add(answer.at, () => this.outside.answer(survey.url, answer.score, answer.text));
      return;
    }
    const coupon = /\bWB-[A-Z0-9]{4}-[A-Z0-9]{4}\b/.exec(await readText(this.inboxUrl, mail.id))?.[0];
    const purchase = behaviour.purchaseAfterMail(this.seed, customer, mail.subject, at, coupon !== undefined);
    if (purchase) this.buys(customer, mail.subject, purchase, coupon);
  }

  private buys(customer: string, why: string, purchase: behaviour.Purchase, coupon?: string): void {
    const order = `D-${customer}-${Math.floor(behaviour.fingerprint(this.seed, customer, why) * 1e9)}`;
    this.agenda.add(purchase.at, async () => {
      const time = timeOf(purchase.at).toISOString();
      const data = { order_id: order, amount: purchase.amount, currency: "CNY", ...(coupon && { coupon }) };
      await this.outside.post({ id: order, type: "order.paid", customer, time, data });
      if (coupon) {
        await this.outside.post({
          id: `${order}-coupon`,
          type: "coupon.redeemed",
          customer,
          time,
          data: { code: coupon, order_id: order },
        });
      }
    });
  }

  private mayComplain(customer: string, from: Minute, days: number): void {
    const complaint = behaviour.complaint(this.seed, customer, from, days);
    if (!complaint) return;
    const id = `C-${customer}`;
    const say = (type: string, at: Minute) => async () =>
      this.outside.post({
        id: `${id}-${type}`,
        type,
        customer,
        time: timeOf(at).toISOString(),
        data: { complaint_id: id, severity: "medium" },
      });
    this.agenda.add(complaint.at, say("complaint.opened", complaint.at));
    this.agenda.add(complaint.solvedAt, say("complaint.solved", complaint.solvedAt));
  }
}
