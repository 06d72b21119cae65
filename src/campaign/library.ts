import type { Ast } from "../rule/ast.ts";
import type { Catalogue } from "../rule/catalogue.ts";
import type { EventFields } from "./events.ts";
import type { CouponPool, Duration, Gift, Policy, Text, Webhook } from "./program.ts";

export const LOCALES = ["zh-CN", "en"] as const;
export type Locale = (typeof LOCALES)[number];

/** rules/home.json */
export interface Home {
  timezone: string;
  currency: string;
  locale: Locale;
  brand: Text;
  /** where links to the shop lead */
  shop?: string;
  /** who lets an applied campaign be launched: applying does (the usual), or somebody else must */
  approval?: "at-once" | "by-another";
  /** cron or "off", by what is done; left out: as usual */
  schedules?: { score?: string | undefined; segments?: string | undefined };
  /** events of visitors whom nobody has recognised since; left out: 90 days */
  keep?: { visitors?: Duration | "forever" | undefined };
}
export interface Team {
  name: Text;
}
/** The document that a template's hash names. */
export interface TemplateDocument {
  name: string;
  locales: Record<Locale, { mjml: string }>;
}
export interface Template {
  hash: string;
  document: TemplateDocument;
  /** what it says of trigger.*, params.*, steps.*, run.*; absent: nothing */
  uses?: { name: string; locale: Locale; line: number }[];
}
export interface Segment {
  file: string;
  definition: unknown;
  rule: Ast;
}

/** A file of names of customers, as people choose them by hand. */
export interface CustomerList {
  file: string;
  customers: string[];
}

/** Everything in rules/, read and resolved. Records have no prototype, so that no name is known by accident. */
export interface Library {
  home: Home;
  policy: Policy;
  /** what customers may refuse separately, besides the built-in topics */
  topics: string[];
  teams: Record<string, Team>;
  catalogue: Catalogue;
  /** fields of the home's own event types */
  events: EventFields;
  segments: Record<string, Segment>;
  /** customer_ids by the name of the file, without repetitions */
  lists: Record<string, CustomerList>;
  templates: Record<string, Template>;
  /** what a rep says on the phone, in each language */
  scripts: Record<string, Partial<Record<Locale, string>>>;
  coupons: Record<string, CouponPool>;
  gifts: Record<string, Gift>;
  webhooks: Record<string, Webhook>;
  campaigns: Record<string, { file: string; definition: unknown }>;
  /** names whose own files have faults: they are there, but cannot be used */
  broken: Record<"templates" | "segments" | "lists" | "coupons" | "gifts" | "webhooks", string[]>;
}
