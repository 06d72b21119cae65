import { z } from "zod";
import { createKey, listKeys, revokeKey, rotateKey } from "../../operate/access/api-key.ts";
import { ROLES } from "../../store/api-key.ts";
import { listOf, listQuery, onePast, pageAsked, pageOf } from "../cursor.ts";
import type { Parts } from "../parts.ts";
import { type AnyRoute, route } from "../route.ts";
import { time } from "../schema.ts";

const named = z.object({ name: z.string().min(1).max(100) });

const shown = z.object({
  name: z.string(),
  role: z.enum(ROLES),
  person: z.string().nullable(),
  team: z.string().nullable(),
  public: z.boolean(),
  types: z.array(z.string()).nullable(),
  created_at: time,
  expires_at: time.nullable(),
  revoked_at: time.nullable(),
  last_used_on: z.string().nullable(),
});

const made = z.object({
  key: z.string().meta({ description: "shown this once" }),
  name: z.string(),
  role: z.enum(ROLES),
});

/** docs/security.md describes them. */
export function keyRoutes({ db }: Pick<Parts, "db">): AnyRoute[] {
  return [
    route({
      method: "GET",
      path: "/v1/keys",
      tag: "keys",
      summary: {
        en: "API keys, oldest first; the keys themselves are not kept",
        "zh-CN": "API 密钥，最早的在前；密钥本身不保存",
      },
      roles: [],
      query: listQuery,
      answer: listOf(shown),
      async handle({ query }) {
        const page = pageAsked(query, z.string());
        const { items, next } = pageOf(await listKeys(db, onePast(page)), page, (key) => key.hash);
        return { items: items.map(({ hash: _, ...key }) => key), next };
      },
    }),
    route({
      method: "POST",
      path: "/v1/keys",
      once: false,
      tag: "keys",
      summary: { en: "Makes a key; it is answered this once", "zh-CN": "新建密钥；仅此一次返回" },
      roles: [],
      body: z.strictObject({
        name: z.string(),
        role: z.enum(ROLES),
        days: z.number().int().min(1).max(36_500).optional(),
        team: z.string().max(100).optional(),
        person: z.string().max(100).optional(),
        public: z.boolean().optional(),
        types: z.array(z.string()).max(100).optional(),
        perSecond: z.number().int().min(1).max(1_000_000).optional(),
      }),
      status: 201,
      answer: made,
      async handle({ body, note }) {
        note({ key: body.name, role: body.role });
        return createKey(db, body);
      },
    }),
    route({
      method: "POST",
      path: "/v1/keys/{name}/rotate",
      once: false,
      tag: "keys",
      summary: {
        en: "Makes a new key in place of the one of that name, which goes on working for a while",
        "zh-CN": "以新密钥替换同名密钥；旧密钥在一段时间内仍有效",
      },
      roles: [],
      params: named,
      body: z.strictObject({ graceHours: z.number().int().min(0).max(240_000).default(24) }),
      status: 201,
      answer: made.extend({ until: time.meta({ description: "how long the old one works" }) }),
      handle: ({ params, body }) => rotateKey(db, params.name, body.graceHours),
    }),
    route({
      method: "DELETE",
      path: "/v1/keys/{name}",
      tag: "keys",
      summary: { en: "Stops the keys of a name from working, within seconds", "zh-CN": "数秒内停用该名称的密钥" },
      roles: [],
      params: named,
      answer: z.object({ name: z.string(), revoked: z.number().int() }),
      handle: async ({ params }) => ({ name: params.name, revoked: await revokeKey(db, params.name) }),
    }),
  ];
}
