import type { FastifyInstance } from "fastify";
import type { Entry, MailFile } from "./mail-file.ts";
import { headersOf, linksOf, parseMail, readable } from "./mime.ts";

/** One mail in `/api/messages`. */
export interface Listed {
  /** 1, 2, 3 … in order of arrival */
  id: number;
  from: string;
  to: string[];
  subject: string;
  messageId: string;
  /** bytes */
  size: number;
  /** every href of the HTML part, in order */
  links: string[];
  headers: { "list-unsubscribe"?: string };
}

interface Query {
  after?: string;
  limit?: string;
  to?: string;
}

/**
 * `/api/messages?after=ID&limit=N&to=ADDRESS` lists mails in order of arrival, `/api/message-ids?after=ID&limit=N` only
 * their Message-IDs, `/api/count` counts them, `/api/messages/ID/raw` gives one as it came.
 */
export function registerApi(app: FastifyInstance, mails: MailFile): void {
  app.get("/api/count", () => ({ count: mails.count }));

  app.get<{ Querystring: Query }>("/api/messages", async ({ query }) => {
    const limit = Math.min(Number(query.limit ?? 100), 1_000);
    const ids: number[] = [];
    for (let id = Number(query.after ?? 0) + 1; id <= mails.count && ids.length < limit; id++) {
      if (query.to === undefined || isFor(mails.entry(id)!, query.to)) ids.push(id);
    }
    return Promise.all(ids.map((id) => list(mails, id)));
  });

  app.get<{ Querystring: Query }>("/api/message-ids", async ({ query }) => {
    const from = Number(query.after ?? 0) + 1;
    const count = Math.max(0, Math.min(Number(query.limit ?? 100), 10_000, mails.count - from + 1));
    return Promise.all(Array.from({ length: count }, (_, i) => messageIdOf(mails, from + i)));
  });

  app.get<{ Params: { id: string } }>("/api/messages/:id/raw", async ({ params }, reply) => {
    const raw = await mails.read(Number(params.id));
    if (raw === undefined) return reply.code(404).send({ title: "no such mail" });
    return reply.type("message/rfc822").send(raw);
  });
}

function isFor(entry: Entry, address: string): boolean {
  return entry.to.some((to) => to.toLowerCase() === address.toLowerCase());
}

const HEADERS_MOST = 8_192;

async function messageIdOf(mails: MailFile, id: number): Promise<string> {
  return headersOf((await mails.read(id, HEADERS_MOST))!).get("message-id") ?? "";
}

async function list(mails: MailFile, id: number): Promise<Listed> {
  const { from, to, size } = mails.entry(id)!;
  const { headers, html } = parseMail((await mails.read(id))!);
  const unsubscribe = headers.get("list-unsubscribe");
  return {
    ...{ id, from, to, size, subject: readable(headers.get("subject")), messageId: headers.get("message-id") ?? "" },
    links: linksOf(html),
    headers: unsubscribe === undefined ? {} : { "list-unsubscribe": unsubscribe },
  };
}

/** What a list page shows of a mail; cheaper than `list`. */
export async function headline(mails: MailFile, id: number) {
  const headers = headersOf((await mails.read(id))!);
  return { id, ...mails.entry(id)!, subject: readable(headers.get("subject")), sender: readable(headers.get("from")) };
}
