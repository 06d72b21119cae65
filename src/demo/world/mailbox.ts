import { parseMail } from "../../local/inbox/mime.ts";

/** One mail as the local inbox shows it. */
export interface Mail {
  id: number;
  to: string[];
  subject: string;
  messageId: string;
  links: string[];
}

/** Reads what is new in the local inbox, oldest first. */
export async function readMail(inboxUrl: string, after: number, limit = 1_000): Promise<Mail[]> {
  const response = await fetch(`${inboxUrl}/api/messages?after=${after}&limit=${limit}`);
  if (!response.ok) throw new Error(`inbox answers ${response.status}`);
  return (await response.json()) as Mail[];
}

/** Message-IDs of all mail, without angle brackets. */
export async function allMessageIds(inboxUrl: string): Promise<string[]> {
  const ids: string[] = [];
  for (;;) {
    const response = await fetch(`${inboxUrl}/api/message-ids?after=${ids.length}&limit=5000`);
    if (!response.ok) throw new Error(`inbox answers ${response.status}`);
    const more = (await response.json()) as string[];
    if (more.length === 0) return ids;
    for (const id of more) ids.push(id.replace(/^<|>$/g, ""));
  }
}

/** What a person reads in a mail. */
export async function readText(inboxUrl: string, id: number): Promise<string> {
  const response = await fetch(`${inboxUrl}/api/messages/${id}/raw`);
  const { text, html } = parseMail(Buffer.from(await response.arrayBuffer()));
  return text ?? html ?? "";
}

export type LinkKind = "check-in" | "survey" | "unsubscribe" | "click" | "open" | "preferences";

/** Links say in the open what they are for; only their signature is secret. */
export function linkOf(
  mail: Mail,
  kind: LinkKind,
): { url: string; day: number | undefined; step: string | undefined } | undefined {
  for (const url of mail.links) {
    const body = /\/l\/([A-Za-z0-9_-]+)/.exec(url)?.[1];
    if (!body) continue;
    try {
      const payload = JSON.parse(Buffer.from(body, "base64url").toString("utf8")) as {
        k?: string;
        d?: number;
        s?: string;
      };
      if (payload.k === kind) return { url, day: payload.d, step: payload.s };
    } catch {
      continue;
    }
  }
  return undefined;
}
