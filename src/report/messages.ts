import { sql } from "kysely";
import type { Scope } from "./scope.ts";

export interface Messages {
  total: number;
  byChannel: { channel: string; kind: string; status: string; messages: number }[];
  /** messages that were withheld or rejected, by reason code */
  reasons: { channel: string; status: string; reason: string; messages: number }[];
  /** messages opened, clicked, unsubscribed from at least once */
  reactions: Record<"open" | "click" | "unsubscribe", number>;
}

export async function loadMessages({ tx, run }: Scope): Promise<Messages> {
  const { rows: byChannel } = await sql<Messages["byChannel"][number]>`
    select channel, kind, status, count(*)::int as messages
    from messages where run = ${run}
    group by channel, kind, status order by channel, kind, status`.execute(tx);
  const { rows: reasons } = await sql<Messages["reasons"][number]>`
    select channel, status, coalesce(reason, '') as reason, count(*)::int as messages
    from messages where run = ${run} and status in ('withheld', 'rejected')
    group by channel, status, reason order by messages desc, channel, status, reason`.execute(tx);
  const { rows: reacted } = await sql<{ kind: "open" | "click" | "unsubscribe"; messages: number }>`
    select k.kind, count(*)::int as messages
    from message_clicks k join messages m on m.id = k.message
    where m.run = ${run} group by k.kind`.execute(tx);
  const reactions = { open: 0, click: 0, unsubscribe: 0 };
  for (const row of reacted) reactions[row.kind] = row.messages;
  return { total: byChannel.reduce((sum, row) => sum + row.messages, 0), byChannel, reasons, reactions };
}
