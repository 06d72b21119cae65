import { z } from "zod";
import { taskDone } from "../../operate/task/task.ts";
import { pageOfTasks, showTask } from "../../operate/task/list.ts";
import { listOf, listQuery, pageAsked, partOf } from "../cursor.ts";
import type { Parts } from "../parts.ts";
import { type AnyRoute, route } from "../route.ts";
import { flag, moment, name, note, whoAsks } from "../schema.ts";
import { task } from "../answer/task.ts";

const place = z.object({ due: moment, id: name });
const named = z.object({ id: name });

/** Sales and service see tasks of their team or assigned to them. */
export function taskRoutes({ db, wake }: Pick<Parts, "db" | "wake">): AnyRoute[] {
  return [
    route({
      method: "GET",
      path: "/v1/tasks",
      tag: "tasks",
      summary: {
        en: "Calls, plan rows and other work for people, the most urgent first",
        "zh-CN": "电话、计划行等人工任务，最紧急的在前",
      },
      roles: ["marketer", "ops", "sales", "service"],
      query: listQuery.extend({ run: name.optional(), team: name.optional(), customer: name.optional(), all: flag }),
      answer: listOf(task),
      async handle({ query, holder }) {
        return partOf(await pageOfTasks(db, query, pageAsked(query, place), holder));
      },
    }),
    route({
      method: "GET",
      path: "/v1/tasks/{id}",
      tag: "tasks",
      summary: { en: "One task", "zh-CN": "一项任务" },
      roles: ["marketer", "ops", "sales", "service"],
      params: named,
      answer: task,
      handle: ({ params, holder }) => showTask(db, params.id, holder),
    }),
    route({
      method: "POST",
      path: "/v1/tasks/{id}/done",
      tag: "tasks",
      summary: {
        en: "Records what came of a task; the customer's journey goes on with it",
        "zh-CN": "记录任务结果；客户的流程据此继续",
      },
      roles: ["marketer", "ops", "sales", "service"],
      params: named,
      body: z.strictObject({
        outcome: name.optional().meta({ description: "one of the task's outcomes; calls need one" }),
        note: note.optional(),
      }),
      answer: z.object({
        id: z.string(),
        status: z.enum(["done", "open"]).meta({ description: "open: nobody was reached, and it is to be tried again" }),
        attemptsLeft: z.number().int(),
        late: z.boolean(),
        movedDays: z.number().int().meta({ description: "of a gate: by how many days later phases move" }),
        released: z.number().int().meta({ description: "of a gate: members who go on" }),
      }),
      async handle({ params, body, holder }) {
        const done = await taskDone(db, params.id, { ...body, by: whoAsks(holder) }, holder);
        wake("dispatch");
        // solving a complaint may have let messages go
        wake("deliver");
        return done;
      },
    }),
  ];
}
