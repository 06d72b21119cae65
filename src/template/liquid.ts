import { Liquid } from "liquidjs";

const shared = {
  // templates stand alone: nothing of theirs is ever read from disk
  templates: {},
  ownPropertyOnly: true,
  // a template that loops for ever or eats memory is a fault of that template, not the end of delivery
  parseLimit: 1_000_000,
  renderLimit: 500,
  memoryLimit: 10_000_000,
} as const;

/** Values are escaped for HTML unless the template says `| raw`. */
export const htmlLiquid = new Liquid({ ...shared, outputEscape: "escape" });

/** For subjects and text parts: values as they are. */
export const textLiquid = new Liquid(shared);
