import type { FastifyInstance } from "fastify";
import { headline } from "./api.ts";
import type { MailFile } from "./mail-file.ts";
import { parseMail, readable } from "./mime.ts";

const PAGE = 50;
const STYLE = `body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:1.5rem auto;padding:0 1rem;color:#222}
table{width:100%;border-collapse:collapse}td,th{text-align:left;padding:.35rem .5rem;border-bottom:1px solid #e5e5e5;overflow-wrap:anywhere}
a{color:#0a58ca;text-decoration:none}iframe{width:100%;height:38rem;border:1px solid #ccc}pre{white-space:pre-wrap;background:#f6f6f6;padding:1rem}`;

/** For people: `/` lists the newest mails first, `/m/ID` shows one. */
export function registerPages(app: FastifyInstance, mails: MailFile): void {
  app.get<{ Querystring: { before?: string } }>("/", async ({ query }, reply) => {
    const newest = Math.min(Number(query.before ?? mails.count + 1) - 1, mails.count);
    const ids = Array.from({ length: Math.max(0, Math.min(PAGE, newest)) }, (_, i) => newest - i);
    const rows = await Promise.all(ids.map((id) => headline(mails, id)));
    const body = rows.map(({ id, at, sender, to, subject }) => {
      const cells = [
        when(at),
        escape(sender),
        escape(to.join(", ")),
        `<a href="/m/${id}">${escape(subject) || "—"}</a>`,
      ];
      return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`;
    });
    const older = newest > PAGE ? `<p><a href="/?before=${newest - PAGE + 1}">older →</a></p>` : "";
    const head = "<tr><th>received</th><th>from</th><th>to</th><th>subject</th></tr>";
    const table = rows.length === 0 ? "<p>No mail yet.</p>" : `<table>${head}${body.join("")}</table>${older}`;
    return reply.type("text/html").send(page("Inbox", `<h1>Inbox · ${mails.count}</h1>${table}`));
  });

  app.get<{ Params: { id: string } }>("/m/:id", async ({ params }, reply) => {
    const raw = await mails.read(Number(params.id));
    if (raw === undefined) return reply.code(404).type("text/html").send(page("Inbox", "<p>No such mail.</p>"));
    const { headers, html, text } = parseMail(raw);
    const subject = readable(headers.get("subject"));
    const fields = ["from", "to", "date"].map((name) => `${name}: ${escape(readable(headers.get(name)))}`).join("<br>");
    const all = [...headers].map(([name, value]) => `${name}: ${value}`).join("\n");
    const parts = [
      `<p><a href="/">← inbox</a> · <a href="/api/messages/${Number(params.id)}/raw">raw</a></p><h1>${escape(subject)}</h1><p>${fields}</p>`,
      html === undefined ? "" : frame(html),
      text === undefined ? "" : `<h2>Text</h2><pre>${escape(text)}</pre>`,
      `<h2>Headers</h2><pre>${escape(all)}</pre>`,
    ];
    return reply.type("text/html").send(page(subject, parts.join("")));
  });
}

/** The mail's HTML is a stranger's: it runs nothing, and its links open beside. */
function frame(html: string): string {
  const held = `<base target="_blank">${html}`;
  return `<iframe sandbox="allow-popups allow-popups-to-escape-sandbox" srcdoc="${escape(held)}"></iframe>`;
}

function page(title: string, body: string): string {
  const head = `<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escape(title)}</title>`;
  return `<!doctype html><html><head>${head}<style>${STYLE}</style></head><body>${body}</body></html>`;
}

function when(at: number): string {
  return new Date(at).toISOString().slice(0, 19).replace("T", " ");
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
