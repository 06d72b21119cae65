import { span } from "../leaf.ts";
import { sendKind } from "./send.ts";

/** What steps have in common that give something without a message. */
export const giving = {
  kind: sendKind.default("promotion").meta({ description: "a promotion (default) waits while a complaint is open" }),
  validFor: span.optional().meta({ description: "how long it may still be given when it was held up; P2D by default" }),
};
