import { z } from "zod";
import { showBudget } from "../../operate/run/budget-list.ts";
import type { Parts } from "../parts.ts";
import { type AnyRoute, route } from "../route.ts";
import { name, time } from "../schema.ts";

const minor = z.number().int().meta({ description: "minor units of the run's currency" });

export function budgetRoutes({ db }: Pick<Parts, "db">): AnyRoute[] {
  return [
    route({
      method: "GET",
      path: "/v1/runs/{run}/budget",
      tag: "budget",
      summary: {
        en: "Lines of a run's budget: planned, booked by effects, recorded by hand, left",
        "zh-CN": "运行的预算科目：计划、自动记账、手工记账、剩余",
      },
      roles: ["marketer", "ops"],
      params: z.object({ run: name.meta({ description: "a run, or a campaign for its latest" }) }),
      answer: z.object({
        run: z.string(),
        currency: z.string(),
        lines: z.array(
          z.object({
            line: z.string(),
            planned: minor,
            committed: minor,
            recorded: minor,
            actual: minor,
            left: minor,
            records: z
              .array(z.object({ amount: minor, note: z.string().nullable(), at: time }))
              .meta({ description: "the latest hundred" }),
          }),
        ),
      }),
      handle: ({ params }) => showBudget(db, params.run),
    }),
  ];
}
