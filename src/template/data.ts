/** What Liquid can say in a template. Texts are in the template's language, money and dates ready to read. */
export interface TemplateData {
  brand: string;
  /** "zh-CN" or "en" */
  locale: string;
  campaign: { name: string };
  customer: {
    name: string;
    traits: Record<string, unknown>;
    id?: string;
    locale?: string;
    timezone?: string;
    owner?: string;
  };
  /** in mails of a challenge; `day` from 1 */
  challenge?: { day: number; days: number };
  /** in mails that carry a coupon */
  coupon?: Coupon;
  /** in mails of a survey */
  survey?: { id: string };
  links: Links;
  /** what brought them in: the event's fields */
  trigger?: Record<string, unknown>;
  /** what the launch has set */
  params?: Record<string, unknown>;
  /** what steps found or set: by step id, by name */
  steps?: Record<string, Record<string, unknown>>;
  run?: Record<string, unknown>;
}

export interface Coupon {
  code: string;
  percentOff?: number;
  /** money with its sign: "¥20" */
  amountOff?: string;
  /** least order amount, money with its sign; absent when any order counts */
  minimum?: string;
  /** day in the customer's zone */
  expires: string;
}

export interface Links {
  checkIn?: string;
  survey?: string;
  /** in mails of an rsvp: the page, and the page with one answer first */
  rsvp?: string;
  rsvpYes?: string;
  rsvpNo?: string;
  rsvpMaybe?: string;
  unsubscribe: string;
  preferences: string;
  shop: string;
}

/**
 * Every variable there is, for the check of templates; "*" stands for any name, "**" for any below. Whether these are
 * there depends on the campaign, whose check knows.
 */
export const VARIABLES = [
  "brand",
  "locale",
  "campaign.name",
  "customer.name",
  "customer.traits.*",
  "customer.id",
  "customer.locale",
  "customer.timezone",
  "customer.owner",
  "challenge.day",
  "challenge.days",
  "coupon.code",
  "coupon.percentOff",
  "coupon.amountOff",
  "coupon.minimum",
  "coupon.expires",
  "survey.id",
  "links.checkIn",
  "links.survey",
  "links.rsvp",
  "links.rsvpYes",
  "links.rsvpNo",
  "links.rsvpMaybe",
  "links.unsubscribe",
  "links.preferences",
  "links.shop",
  "trigger.**",
  "params.*",
  "steps.*.*",
  "run.id",
  "run.day",
  "run.phase",
] as const;
