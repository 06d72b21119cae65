import { z } from "zod";
import { changeUser, createUser } from "../../operate/access/user.ts";
import { ROLES } from "../../store/api-key.ts";
import { listUsers } from "../../store/user.ts";
import { listOf, listQuery, onePast, pageAsked, pageOf } from "../cursor.ts";
import type { Parts } from "../parts.ts";
import { type AnyRoute, route } from "../route.ts";
import { time } from "../schema.ts";

const shown = z.object({
  name: z.string(),
  role: z.enum(ROLES),
  person: z.string().nullable(),
  team: z.string().nullable(),
  created_at: time,
  password_at: time,
  disabled_at: time.nullable(),
});
const scope = z.string().min(1).max(100);
const password = z.string().max(1_000);

/** docs/security.md describes them. */
export function userRoutes({ db }: Pick<Parts, "db">): AnyRoute[] {
  return [
    route({
      method: "GET",
      path: "/v1/users",
      tag: "users",
      summary: { en: "People who sign in, by name", "zh-CN": "可登录的用户，按名称" },
      roles: [],
      query: listQuery,
      answer: listOf(shown),
      async handle({ query }) {
        const page = pageAsked(query, z.string());
        return pageOf(await listUsers(db, onePast(page)), page, (user) => user.name);
      },
    }),
    route({
      method: "POST",
      path: "/v1/users",
      once: false,
      tag: "users",
      summary: { en: "Lets somebody sign in", "zh-CN": "新建用户" },
      roles: [],
      body: z.strictObject({
        name: z.string(),
        role: z.enum(ROLES),
        password,
        team: scope.optional(),
        person: scope.optional(),
      }),
      status: 201,
      answer: shown,
      async handle({ body, note }) {
        note({ user: body.name, role: body.role });
        return createUser(db, body);
      },
    }),
    route({
      method: "PATCH",
      path: "/v1/users/{name}",
      tag: "users",
      summary: {
        en: "Changes role, team, person or password of a user, or disables them; most of it signs them out",
        "zh-CN": "修改用户的角色、团队、人员或密码，或停用；多数情况下会使其退出登录",
      },
      roles: [],
      params: z.object({ name: z.string().min(1).max(100) }),
      body: z.strictObject({
        role: z.enum(ROLES).optional(),
        team: scope.nullable().optional(),
        person: scope.nullable().optional(),
        password: password.optional(),
        disabled: z.boolean().optional(),
      }),
      answer: shown.extend({ signedOut: z.number().int() }),
      async handle({ params, body, note }) {
        note({ changed: Object.keys(body), ...(body.role && { role: body.role }) });
        return changeUser(db, params.name, body);
      },
    }),
  ];
}
