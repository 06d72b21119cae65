import { LiquidError } from "liquidjs";
import { textLiquid } from "./liquid.ts";
import { pathOf } from "./path.ts";

/** What a template says that only its campaign can know: whether it is there, and of what type it is. */
export interface Use {
  /** "trigger.items", "params.discount"; ends before what is only known when it is rendered */
  name: string;
  line: number;
}

const ROOTS = ["trigger", "params", "steps", "run", "coupon", "challenge", "survey"];
const LINKS = ["links.checkIn", "links.survey", "links.rsvp", "links.rsvpYes", "links.rsvpNo", "links.rsvpMaybe"];

/** @returns each name once, at its first line; nothing for a template that cannot be read */
export function usesOf(source: string): Use[] {
  try {
    const { globals } = textLiquid.analyzeSync(textLiquid.parse(source), { partials: false });
    const uses = new Map<string, Use>();
    for (const variable of Object.values(globals).flat()) {
      const path = pathOf(variable);
      if (!ROOTS.includes(path[0]!) && !LINKS.includes(path.join("."))) continue;
      const stop = path.indexOf("*");
      const name = (stop < 0 ? path : path.slice(0, stop)).join(".");
      const line = variable.location.row;
      const known = uses.get(name);
      if (!known || line < known.line) uses.set(name, { name, line });
    }
    return [...uses.values()];
  } catch (failure) {
    if (failure instanceof LiquidError) return [];
    throw failure;
  }
}
