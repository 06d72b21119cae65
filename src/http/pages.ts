import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { recordClick } from "../store/hosted-page.ts";
import { readForms } from "./body/read.ts";
import { doCheckIn, showCheckIn } from "./page/check-in.ts";
import { html } from "./page/html.ts";
import { type Page, sendPage } from "./page/layout.ts";
import { doPreferences, doUnsubscribe, showPreferences, showUnsubscribe } from "./page/preferences.ts";
import { doRsvp, showRsvp } from "./page/rsvp.ts";
import { doSurvey, showSurvey } from "./page/survey.ts";
import { openLook } from "./page/look.ts";
import { TEXTS } from "./page/text.ts";
import { openVisit, type PageParts, type Visit } from "./page/visit.ts";
import { localeOf, type Problem } from "./problem.ts";

type Linked = FastifyRequest<{ Params: { token: string } }>;

/** GET and POST /l/:token: what links in messages lead to. GET only shows; POST does. */
export async function pageRoutes(
  app: FastifyInstance,
  given: Omit<PageParts, "look"> & { report: (error: Error, request: FastifyRequest) => Problem },
): Promise<void> {
  const { report, ...rest } = given;
  const parts: PageParts = { ...rest, look: openLook(rest.db) };
  readForms(app);
  app.setErrorHandler((error, request, reply) => {
    const { status } = report(error as Error, request);
    const locale = localeOf(request);
    const { trouble, troubleBody } = TEXTS[locale].link;
    return sendPage(reply, parts.home.brand[locale], {
      locale,
      title: trouble,
      body: html`<p>${troubleBody}</p>`,
      status,
    });
  });

  app.get("/l/:token", (request: Linked, reply) => serve(request, reply, (visit) => show(parts, visit, reply)));
  app.post("/l/:token", (request: Linked, reply) => {
    const fields = request.body instanceof URLSearchParams ? request.body : new URLSearchParams();
    return serve(request, reply, (visit) => act(parts, visit, fields));
  });

  async function serve(request: Linked, reply: FastifyReply, page: (visit: Visit) => Promise<Page | undefined>) {
    const opened = await openVisit(parts, request, request.params.token);
    if ("visit" in opened) {
      const made = await page(opened.visit);
      return made ? sendPage(reply, parts.home.brand[made.locale], made) : reply;
    }
    const { refused, locale } = opened;
    const text = TEXTS[locale].link;
    const body = html`<p>${text[`${refused}Body`]}</p>`;
    return sendPage(reply, parts.home.brand[locale], {
      locale,
      title: text[refused],
      body,
      status: refused === "forged" ? 404 : 410,
    });
  }
}

async function show(parts: PageParts, visit: Visit, reply: FastifyReply): Promise<Page | undefined> {
  switch (visit.link.k) {
    case "check-in":
      return showCheckIn(parts, visit);
    case "survey":
      return showSurvey(parts, visit);
    case "rsvp":
      return showRsvp(parts, visit);
    case "unsubscribe":
      return showUnsubscribe(visit);
    case "preferences":
      return showPreferences(visit);
    case "click":
      return follow(parts, visit, reply);
    case "open":
      await recordClick(parts.db, visit.link.m, "open", visit.at);
      await reply.headers({ "content-type": "image/gif", "cache-control": "no-store" }).send(PIXEL);
      return undefined;
  }
}

async function act(parts: PageParts, visit: Visit, fields: URLSearchParams): Promise<Page> {
  switch (visit.link.k) {
    case "check-in":
      return doCheckIn(parts, visit);
    case "survey":
      return doSurvey(parts, visit, fields);
    case "rsvp":
      return doRsvp(parts, visit, fields);
    case "unsubscribe":
      return doUnsubscribe(parts, visit);
    default:
      return doPreferences(parts, visit, fields);
  }
}

/** The way to the shop; a home that does not name its shop shows a page instead. */
async function follow(parts: PageParts, visit: Visit, reply: FastifyReply): Promise<Page | undefined> {
  await recordClick(parts.db, visit.link.m, "click", visit.at);
  const { shop } = parts.home;
  if (shop !== undefined) {
    await reply.headers({ "cache-control": "no-store", "referrer-policy": "no-referrer" }).redirect(shop, 302);
    return undefined;
  }
  const text = TEXTS[visit.locale].shop;
  return { locale: visit.locale, title: text.title, body: html`<p>${text.body}</p>` };
}

const PIXEL = Buffer.from("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7", "base64");
