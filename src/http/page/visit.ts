import type { FastifyRequest } from "fastify";
import type { Home } from "../../campaign/library.ts";
import type { Program } from "../../campaign/program.ts";
import type { Receiver } from "../../intake/receive.ts";
import type { Database } from "../../store/database.ts";
import { loadDocument } from "../../store/document.ts";
import type { EventView } from "../../store/event.ts";
import type { PageVisit } from "../../store/hosted-page.ts";
import { type LinkPayload, verifyLink } from "../../template/link.ts";
import type { Locale } from "../problem.ts";
import { localeOf } from "../problem.ts";
import type { ReactionWatch } from "../reaction-watch.ts";
import type { Look } from "./look.ts";

/** What hosted pages are made with. */
export interface PageParts {
  db: Database;
  look: Look;
  secret: string;
  home: Home;
  receiver: Receiver;
  watch: ReactionWatch;
}

/** Somebody who came by a link that we signed. */
export interface Visit extends PageVisit {
  link: LinkPayload;
  locale: Locale;
  /** clock time */
  at: Date;
  document: Program | undefined;
}

export type Opened = { visit: Visit } | { refused: "forged" | "expired" | "gone"; locale: Locale };

/** Every page's first step; nothing of the link is believed before its signature is. */
export async function openVisit(parts: PageParts, request: FastifyRequest, token: string): Promise<Opened> {
  const at = await parts.look.now();
  const verified = verifyLink(parts.secret, token, at.getTime());
  if (!verified.ok) return { refused: verified.reason, locale: localeOf(request) };
  const link = verified.payload;
  const found = await parts.look.visit({ customer: link.c, message: link.m, enrolment: link.e ?? null });
  if (!found) return { refused: "gone", locale: localeOf(request) };
  const language = found.locale ?? parts.home.locale;
  const document = found.program === null ? undefined : await loadDocument<Program>(parts.db, found.program);
  return { visit: { ...found, link, at, document, locale: language.toLowerCase().startsWith("zh") ? "zh-CN" : "en" } };
}

/** Where events of hosted pages come from. */
export const PAGES = "/rekindle/pages";
const PATIENCE_MS = 3_000;

/** Posts what somebody did on a page, like any other event, and waits for what it did; undefined: it takes longer. */
export async function post(
  parts: PageParts,
  visit: Visit,
  id: string,
  type: string,
  data: Record<string, unknown>,
): Promise<EventView | undefined> {
  const event = { source: PAGES, id, type, customerId: visit.customerId, occurredAt: null, data };
  const [stored] = await parts.receiver.receive([event]);
  if (stored === "refused") throw new Error("the database refused a page's event");
  return parts.watch.reaction(PAGES, id, PATIENCE_MS);
}
