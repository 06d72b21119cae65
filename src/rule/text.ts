import type { Fault } from "../fault.ts";

/** What people read, in each language; the same shape as everywhere, named here so that rules import nothing below them. */
export type Text = Fault["message"];
