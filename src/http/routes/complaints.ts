import { z } from "zod";
import { openComplaint, pageOfComplaints, SEVERITIES, solveComplaint } from "../../operate/task/complaint.ts";
import { listOf, listQuery, pageAsked, partOf } from "../cursor.ts";
import type { Parts } from "../parts.ts";
import { type AnyRoute, route } from "../route.ts";
import { moment, name, note, whoAsks } from "../schema.ts";
import { complaint } from "../answer/task.ts";

const place = z.object({ opened: moment, id: name });

/** Sales and service see complaints of customers of theirs; service also those that are nobody's task. */
export function complaintRoutes({ db, wake }: Pick<Parts, "db" | "wake">): AnyRoute[] {
  return [
    route({
      method: "GET",
      path: "/v1/complaints",
      tag: "complaints",
      summary: {
        en: "Complaints, the longest waiting first; while one is open its customer gets no promotions",
        "zh-CN": "投诉，等待最久的在前；未解决期间客户不会收到促销",
      },
      roles: ["marketer", "ops", "sales", "service"],
      query: listQuery.extend({
        customer: name.optional(),
        status: z.enum(["open", "solved", "all"]).default("open"),
      }),
      answer: listOf(complaint),
      async handle({ query, holder }) {
        return partOf(await pageOfComplaints(db, query, pageAsked(query, place), holder));
      },
    }),
    route({
      method: "POST",
      path: "/v1/complaints",
      tag: "complaints",
      summary: {
        en: "Records a complaint that was heard in person; promotions to the customer are held until it is solved",
        "zh-CN": "登记当面听到的投诉；解决之前暂停对该客户的促销",
      },
      roles: ["ops", "sales", "service"],
      body: z.strictObject({
        customerId: name,
        severity: z.enum(SEVERITIES).default("medium"),
        note: note.optional(),
      }),
      status: 201,
      answer: z.object({ id: z.string(), customerId: z.string(), severity: z.enum(SEVERITIES) }),
      async handle({ body: { customerId, severity, note: about }, holder }) {
        const report = { customerId, severity, ...(about !== undefined && { note: about }) };
        return { id: await openComplaint(db, report, holder), customerId, severity };
      },
    }),
    route({
      method: "POST",
      path: "/v1/complaints/{id}/solve",
      tag: "complaints",
      summary: {
        en: "A complaint is mended: its task is done, and what was held for it is sent if it is still time",
        "zh-CN": "投诉已解决：其任务完成，被暂停的内容若仍在有效期内则发出",
      },
      roles: ["ops", "sales", "service"],
      params: z.object({ id: name }),
      answer: z.object({
        id: z.string(),
        solved: z.boolean().meta({ description: "false: it was solved before" }),
      }),
      async handle({ params: { id }, holder }) {
        const solved = await solveComplaint(db, id, whoAsks(holder), holder);
        wake("dispatch");
        wake("deliver");
        return { id, solved };
      },
    }),
  ];
}
