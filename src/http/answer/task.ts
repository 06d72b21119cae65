import { z } from "zod";
import { SEVERITIES } from "../../operate/task/complaint.ts";
import { time } from "../schema.ts";

/** Work for people, as lists and customers show it. */
export const task = z
  .object({
    id: z.string(),
    run: z.string(),
    kind: z.enum(["plan", "call", "watch", "complaint", "budget"]),
    title: z.string(),
    team: z.string(),
    assignee: z.string().nullable(),
    customerId: z.string().nullable(),
    script: z.string().nullable().meta({ description: "what to say: rules/scripts" }),
    phase: z.string().nullable(),
    gate: z.boolean(),
    after: z.array(z.string()).meta({ description: "plan rows that are to be done before it" }),
    from: time.nullable(),
    due: time.nullable(),
    status: z.enum(["open", "done", "overdue", "closed"]),
    attempts: z.number().int(),
    maxAttempts: z.number().int(),
    outcomes: z.array(z.string()).meta({ description: "what may be said to have come of it" }),
    outcome: z.string().nullable(),
    note: z.string().nullable(),
    timezone: z.string(),
  })
  .meta({ id: "Task" });
export const complaint = z
  .object({
    id: z.string(),
    customerId: z.string(),
    severity: z.enum(SEVERITIES),
    status: z.enum(["open", "solved"]),
    source: z.string().meta({ description: 'an event\'s source, "campaign" or "operator"' }),
    note: z.string().nullable(),
    opened: time,
    solved: time.nullable(),
  })
  .meta({ id: "Complaint" });
