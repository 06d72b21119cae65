import type { Ast } from "../rule/ast.ts";
import type { Duration } from "./units.ts";

/** What starts a run, or (event, segment, date) brings members one by one into the run that stands. */
export type Trigger =
  | { kind: "manual" }
  | {
      kind: "schedule";
      /** minute, hour, day of month, month, day of week */
      cron: string;
      timezone: string;
      /** while the run before is under way */
      overlap: "skip" | "queue" | "parallel";
      /** how late a launch may be made up for */
      catchUp: Duration;
    }
  | {
      kind: "event";
      event: string;
      /** rule over `event.*` and `customer.*` */
      where?: Ast;
      /** enrols when so long no further such event has come */
      settle?: Duration;
      /** event types that call it off */
      unless: string[];
      /** path of the event's field whose value is part of the enrolment's key: "cart_id" */
      enrolBy?: string;
    }
  | { kind: "segment"; segment: string; rule: Ast; on: "entry" | "exit" }
  | {
      kind: "date";
      /** a date trait, or the same day for everybody */
      of: { trait: string } | { month: number; day: number };
      calendar: "solar" | "lunar";
      /** days from that day */
      offset: number;
      /** customer-local minute of day */
      at: number;
      /** whole days for which a missed day is made up for; none when left out */
      catchUp?: number;
    };
