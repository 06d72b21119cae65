import { z } from "zod";
import type { Duration, SendKind } from "../../program.ts";
import { id, span } from "../leaf.ts";
import type { Names } from "../names.ts";
import { sendKind } from "./send.ts";

export interface TaskDefinition<Steps> {
  id: string;
  task: {
    to: { team: string; by: "owner" | "team" };
    title: string;
    script?: string;
    kind: SendKind;
    due: Duration;
    attempts: number;
    outcomes: { id: string; connected: boolean; then?: Steps }[];
  };
}

const MOST_ATTEMPTS = 20;
const MOST_OUTCOMES = 20;

export function taskDefinition<Steps>(names: Names, steps: z.ZodType<Steps>) {
  return z
    .strictObject({
      id,
      task: z.strictObject({
        to: z.strictObject({
          team: names.team,
          by: z
            .enum(["owner", "team"])
            .default("team")
            .meta({ description: "owner: the customer's own representative, else the team" }),
        }),
        title: z.string().min(1),
        script: names.script.optional(),
        kind: sendKind.default("promotion"),
        due: span,
        attempts: z
          .number()
          .int()
          .min(1)
          .max(MOST_ATTEMPTS)
          .default(1)
          .meta({ description: "how often to try until connected" }),
        outcomes: z
          .array(
            z.strictObject({
              id,
              connected: z
                .boolean()
                .default(true)
                .meta({ description: "false: nobody was reached; tried again while attempts are left" }),
              then: steps.optional(),
            }),
          )
          .min(1)
          .max(MOST_OUTCOMES),
      }),
    })
    .meta({ description: "asks a person to do something, a phone call for instance" });
}
