import { z } from "zod";
import { MESSAGE_STATUSES, pageOfMessages, settleMessage, showMessage } from "../../operate/message.ts";
import { findRun } from "../../report/find-run.ts";
import { listOf, listQuery, pageAsked, partOf } from "../cursor.ts";
import type { Parts } from "../parts.ts";
import { type AnyRoute, route } from "../route.ts";
import { moment, name, time } from "../schema.ts";
import { message } from "../answer/customer.ts";

const place = z.object({ created: moment, id: name });
const named = z.object({ id: name });

/** Sales and service see messages to customers of theirs. */
export function messageRoutes({ db }: Pick<Parts, "db">): AnyRoute[] {
  return [
    route({
      method: "GET",
      path: "/v1/messages",
      tag: "messages",
      summary: {
        en: "Messages of a run or to a customer, and what became of them, the latest first",
        "zh-CN": "一次运行或发给一位客户的消息及结果，最近的在前",
      },
      roles: ["marketer", "ops", "sales", "service"],
      query: listQuery.extend({
        run: name.optional().meta({ description: "a run, or a campaign for its latest" }),
        customer: name.optional(),
        status: z.enum(MESSAGE_STATUSES).optional(),
      }),
      answer: listOf(message),
      async handle({ query: { run, customer = null, status = null, ...query }, holder }) {
        const filter = { run: run === undefined ? null : await findRun(db, run), customer, status };
        return partOf(await pageOfMessages(db, filter, pageAsked(query, place), holder));
      },
    }),
    route({
      method: "GET",
      path: "/v1/messages/{id}",
      tag: "messages",
      summary: {
        en: "One message: why it was decided, what became of it, what its reader did",
        "zh-CN": "一条消息：为何发送、结果如何、读者做了什么",
      },
      roles: ["marketer", "ops", "sales", "service"],
      params: named,
      answer: message.extend({
        run: z.string(),
        template: z.string(),
        topic: z.string(),
        locale: z.string(),
        validUntil: time.nullable(),
        decisions: z.array(
          z.object({ attempt: z.number().int(), outcome: z.string(), reasons: z.array(z.string()), at: time }),
        ),
        acts: z.array(z.object({ kind: z.enum(["open", "click", "unsubscribe"]), at: time })),
      }),
      handle: ({ params, holder }) => showMessage(db, params.id, holder),
    }),
    route({
      method: "POST",
      path: "/v1/messages/{id}/settle",
      tag: "messages",
      summary: {
        en: 'Says what became of a message of which nobody knows ("unknown"); its coupon follows',
        "zh-CN": "说明结果不明（“unknown”）的消息究竟如何；其优惠券随之处理",
      },
      roles: ["ops"],
      params: named,
      body: z.strictObject({ result: z.enum(["accepted", "rejected"]) }),
      answer: z.object({ id: z.string(), status: z.enum(["accepted", "rejected"]) }),
      async handle({ params: { id }, body: { result } }) {
        await settleMessage(db, id, result);
        return { id, status: result };
      },
    }),
  ];
}
