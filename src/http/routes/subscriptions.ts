import { z } from "zod";
import {
  deadNotices,
  findSubscription,
  pauseTelling,
  resumeTelling,
  retryNotices,
  rotateSecret,
  subscribe,
  trySubscription,
  unsubscribe,
} from "../../operate/subscription.ts";
import type { Role } from "../../store/api-key.ts";
import { NOTICE_TYPES } from "../../store/notice-trigger.ts";
import { listSubscriptions } from "../../store/subscription.ts";
import { listOf, listQuery, onePast, pageAsked, pageOf } from "../cursor.ts";
import type { Parts } from "../parts.ts";
import { type AnyRoute, route } from "../route.ts";
import { time } from "../schema.ts";

const ROLES: readonly Role[] = ["backend", "ops"];
const named = z.object({ id: z.string().max(100) });
const type = z.enum(NOTICE_TYPES as [string, ...string[]]);

const subscription = z
  .object({
    id: z.string(),
    url: z.string(),
    types: z.array(type),
    batch: z.number().int().meta({ description: "most events in one request" }),
    status: z.enum(["active", "paused"]),
    reason: z.string().nullable().meta({ description: "why it is paused" }),
    createdAt: time,
    createdBy: z.string(),
    told: z.number().int().meta({ description: "events that were taken" }),
    toldAt: time.nullable(),
    pending: z.number().int(),
    oldest: time.nullable().meta({ description: "when the oldest that is pending happened" }),
    dead: z.number().int().meta({ description: "events that were not taken and are not offered again by themselves" }),
    failingSince: time.nullable(),
    trouble: z.string().nullable().meta({ description: "what the latest failure was: http-503, timeout" }),
  })
  .meta({ id: "Subscription" });

const dead = z.object({
  nr: z.number().int(),
  id: z.string().meta({ description: "the event's" }),
  type,
  customerId: z.string().nullable(),
  at: time,
  data: z.looseObject({}),
  attempts: z.number().int(),
  reason: z.string().nullable(),
  httpStatus: z.number().int().nullable(),
  diedAt: time,
});

const wish = z.strictObject({
  id: z.string().max(100),
  url: z.string().max(2_000),
  types: z.array(z.string().max(100)).min(1).max(100).meta({ description: '"converted", "message.*", "*"' }),
  batch: z.number().int().min(1).max(100).optional(),
});

/** docs/subscriptions.md describes them. */
export function subscriptionRoutes({ db, config, wake }: Pick<Parts, "db" | "config" | "wake">): AnyRoute[] {
  const common = { tag: "subscriptions", roles: ROLES } as const;
  return [
    route({
      ...common,
      method: "GET",
      path: "/v1/subscriptions",
      summary: { en: "Who is told what, and how it goes with them", "zh-CN": "订阅者、订阅内容及其状况" },
      query: listQuery,
      answer: listOf(subscription),
      async handle({ query }) {
        const page = pageAsked(query, z.string());
        const rows = (await listSubscriptions(db)).filter(({ id }) => id > (page.after ?? ""));
        return pageOf(rows, page, ({ id }) => id);
      },
    }),
    route({
      ...common,
      method: "POST",
      path: "/v1/subscriptions",
      once: false,
      summary: {
        en: "Has events of these types posted to an address; the secret that signs them is shown this once",
        "zh-CN": "把这些类型的事件发送到指定地址；签名密钥仅此一次显示",
      },
      body: wish,
      status: 201,
      answer: z.object({ subscription, secret: z.string() }),
      async handle({ body: { id, url, types, batch }, holder, note }) {
        note({ id });
        return subscribe(db, config, { id, url, types, by: holder.name, ...(batch !== undefined && { batch }) });
      },
    }),
    route({
      ...common,
      method: "GET",
      path: "/v1/subscriptions/{id}",
      summary: { en: "One subscription", "zh-CN": "一个订阅" },
      params: named,
      answer: subscription,
      handle: ({ params }) => findSubscription(db, params.id),
    }),
    route({
      ...common,
      method: "DELETE",
      path: "/v1/subscriptions/{id}",
      summary: { en: "Ends it; what was not yet told is dropped", "zh-CN": "结束订阅；尚未告知的丢弃" },
      params: named,
      status: 204,
      handle: ({ params }) => unsubscribe(db, params.id),
    }),
    route({
      ...common,
      method: "POST",
      path: "/v1/subscriptions/{id}/pause",
      summary: {
        en: "Nothing is posted until it is resumed; what happens is kept",
        "zh-CN": "恢复之前不发送；期间发生的保留",
      },
      params: named,
      answer: subscription,
      handle: ({ params }) => pauseTelling(db, params.id),
    }),
    route({
      ...common,
      method: "POST",
      path: "/v1/subscriptions/{id}/resume",
      summary: { en: "Goes on with what was kept, at once", "zh-CN": "立即从保留的内容继续" },
      params: named,
      answer: subscription,
      async handle({ params }) {
        const resumed = await resumeTelling(db, params.id);
        wake("notice");
        return resumed;
      },
    }),
    route({
      ...common,
      method: "POST",
      path: "/v1/subscriptions/{id}/rotate",
      once: false,
      summary: {
        en: "A new secret, shown this once; the old one signs beside it for some hours",
        "zh-CN": "新的签名密钥，仅此一次显示；旧密钥并行签名数小时",
      },
      params: named,
      body: z.strictObject({ graceHours: z.number().min(0).max(720).default(24) }).prefault({}),
      answer: z.object({ secret: z.string() }),
      handle: async ({ params, body }) => ({ secret: await rotateSecret(db, config, params.id, body.graceHours) }),
    }),
    route({
      ...common,
      method: "POST",
      path: "/v1/subscriptions/{id}/test",
      summary: {
        en: "Posts one event of type subscription.test and says what came back",
        "zh-CN": "发送一个 subscription.test 事件并返回对方的应答",
      },
      params: named,
      answer: z.object({
        result: z.enum(["accepted", "failed", "temporary"]),
        reason: z.string(),
        status: z.number().int().optional(),
        retryMs: z.number().optional(),
      }),
      handle: ({ params }) => trySubscription(db, config, params.id),
    }),
    route({
      ...common,
      method: "GET",
      path: "/v1/subscriptions/{id}/dead",
      summary: {
        en: "Events that the other side has not taken, oldest first",
        "zh-CN": "对方未接收的事件，最早的在前",
      },
      params: named,
      query: listQuery,
      answer: listOf(dead),
      async handle({ params, query }) {
        const page = pageAsked(query, z.int());
        return pageOf(await deadNotices(db, params.id, onePast(page)), page, ({ nr }) => nr);
      },
    }),
    route({
      ...common,
      method: "POST",
      path: "/v1/subscriptions/{id}/dead/retry",
      summary: {
        en: "Offers them again: all, or those of these event ids",
        "zh-CN": "重新发送：全部，或指定编号的事件",
      },
      params: named,
      body: z.strictObject({ ids: z.array(z.string().max(100)).max(1_000).optional() }).prefault({}),
      answer: z.object({ retried: z.number().int() }),
      async handle({ params, body }) {
        const retried = await retryNotices(db, params.id, body.ids);
        wake("notice");
        return { retried };
      },
    }),
  ];
}
