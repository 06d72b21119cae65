import { randomUUID } from "node:crypto";
import { sql } from "kysely";
import type { SendKind, Text } from "../campaign/program.ts";
import type { Tx } from "./database.ts";

/** What a template is filled with, apart from the customer's own data, which is joined when the message is rendered. */
export interface MessageData {
  /** the campaign's name */
  campaign: Text;
  /** the challenge's step id; `day` from 1 */
  challenge?: { step: string; day: number; days: number };
  /** money in minor units of `currency`; `expiresAt` ISO 8601 */
  coupon?: {
    code: string;
    percentOff?: number;
    amountOff?: number;
    minimum: number;
    currency: string;
    expiresAt: string;
  };
  /** the survey's step id */
  survey?: { step: string };
  /** the rsvp's step id */
  rsvp?: { step: string };
}

export interface NewMessage {
  enrolment: number;
  customer: number;
  run: string;
  /** op name */
  step: string;
  occurrence: number;
  channel: string;
  /** contacts.id */
  contact: number;
  /** document hash */
  template: string;
  kind: SendKind;
  topic: string;
  /** by which caps may count it */
  tags?: string[];
  /** towards caps; true when left out */
  counts?: boolean;
  locale: string;
  data: MessageData;
  epoch: number;
  notBefore: Date;
  validUntil: Date | null;
}

/**
 * Stores pending messages; a second one for the same (enrolment, step, occurrence) is passed over. Afterwards wake the
 * lane "deliver". `at` is clock time.
 */
export async function insertMessages(tx: Tx, rows: NewMessage[], at: Date): Promise<void> {
  if (rows.length === 0) return;
  const list = rows.map((row) => ({
    ...row,
    id: randomUUID(),
    not_before: row.notBefore,
    valid_until: row.validUntil,
  }));
  await sql`
    insert into messages (id, enrolment, customer, run, step, occurrence, channel, contact, template, kind, topic, locale,
      data, epoch, not_before, valid_until, tags, counts, created_at)
    select id, enrolment, customer, run, step, occurrence, channel, contact, template, kind, topic, locale,
      data, epoch, not_before, valid_until, coalesce(tags, '{}'), coalesce(counts, true), ${at}
    from jsonb_to_recordset(${JSON.stringify(list)}::jsonb) as m (id text, enrolment bigint, customer bigint, run text,
      step text, occurrence int, channel text, contact bigint, template text, kind text, topic text, locale text,
      data jsonb, epoch int, not_before timestamptz, valid_until timestamptz, tags text[], counts boolean)
    on conflict (enrolment, step, occurrence) do nothing`.execute(tx);
}
