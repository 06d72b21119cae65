import type { FastifyReply } from "fastify";
import { z } from "zod";
import { refuse } from "../../fault.ts";
import { CrowdedError } from "../../operate/access/password.ts";
import { type Credentials, type SignedIn, type SignIn, signIn } from "../../operate/access/sign-in.ts";
import { changeUser } from "../../operate/access/user.ts";
import { type Holder, ROLES } from "../../store/api-key.ts";
import { enter } from "../../store/audit.ts";
import { endSession, endSessionsOf, holderOfSession } from "../../store/session.ts";
import type { Parts } from "../parts.ts";
import { Problem } from "../problem.ts";
import { type AnyRoute, type Ask, route } from "../route.ts";
import { time } from "../schema.ts";
import { csrfToken, refuseOtherSites, sessionCookies } from "../guard/session-cookie.ts";

const shown = z.object({
  name: z.string(),
  role: z.enum(ROLES),
  kind: z.enum(["key", "session"]),
  person: z.string().nullable(),
  team: z.string().nullable(),
  csrf: z.string().nullable().meta({ description: "to be sent as x-rekindle-csrf with every change; null for a key" }),
  expires: time.nullable(),
});
type Shown = z.infer<typeof shown>;

const PATH = "/v1/session";
const password = z.string().max(1_000);

/** docs/security.md describes them. */
export function sessionRoutes({ db, config }: Pick<Parts, "db" | "config">): AnyRoute[] {
  const cookies = sessionCookies(config.publicUrl);

  /** Signs in and leaves an entry; a name that nobody has is not written down: it may be a password. */
  async function open({ request, reply }: Pick<Ask, "request" | "reply">, asked: Credentials): Promise<SignedIn> {
    const came = await tried(() => signIn(db, asked));
    if ("wait" in came) {
      reply.header("retry-after", came.wait);
      throw new Problem(429, "sign-in", {
        en: `too many wrong passwords; wait ${came.wait} seconds`,
        "zh-CN": `密码错误次数过多，请等待 ${came.wait} 秒`,
      });
    }
    const entry = { door: "api" as const, action: `POST ${PATH}`, target: {}, request: String(request.id) };
    if ("wrong" in came) {
      const who = came.user === undefined ? "nobody" : came.user;
      await enter(db, { ...entry, who, kind: "nobody" }, "denied");
      throw new Problem(401, "sign-in", { en: "wrong name or password", "zh-CN": "用户名或密码错误" });
    }
    await enter(db, { ...entry, who: came.user.name, kind: "session", role: came.user.role }, "done");
    return came;
  }

  function greet(reply: FastifyReply, { token, expiresAt, user }: SignedIn): Shown {
    cookies.set(reply, token, expiresAt);
    const { name, role, person, team } = user;
    return { name, role, kind: "session", person, team, csrf: csrfToken(token), expires: expiresAt.toISOString() };
  }

  return [
    route({
      method: "POST",
      path: PATH,
      tag: "session",
      summary: {
        en: "Signs in: sets the cookie of a new session and answers who it is",
        "zh-CN": "登录：设置新会话的 Cookie，并返回登录者",
      },
      roles: "open",
      audited: false, // `open` enters who it was, which is known only then
      body: z.strictObject({ name: z.string().min(1).max(100), password }),
      answer: shown,
      async handle({ body, request, reply }) {
        refuseOtherSites(request, config.publicUrl);
        const replaces = cookies.read(request);
        const { ip: address } = request;
        const asked = { ...body, address, ...(replaces !== undefined && { replaces }) };
        return greet(reply, await open({ request, reply }, asked));
      },
    }),
    route({
      method: "GET",
      path: PATH,
      tag: "session",
      summary: { en: "Who asks: whose the key is, or who signed in", "zh-CN": "请求者是谁：密钥属于谁，或谁已登录" },
      roles: ROLES,
      answer: shown,
      async handle({ holder, request }) {
        const token = tokenOf(holder, cookies.read(request));
        const session = token === undefined ? undefined : await holderOfSession(db, token);
        return {
          name: holder.name,
          role: holder.role,
          kind: holder.kind,
          person: holder.person ?? null,
          team: holder.team ?? null,
          csrf: token === undefined ? null : csrfToken(token),
          expires: session?.expiresAt.toISOString() ?? null,
        };
      },
    }),
    route({
      method: "DELETE",
      path: PATH,
      tag: "session",
      summary: { en: "Signs out, here or everywhere", "zh-CN": "退出登录：此处或全部" },
      roles: ROLES,
      query: z.object({ everywhere: z.enum(["true", "false"]).default("false") }),
      answer: z.object({ ended: z.number().int() }),
      async handle({ holder, query, request, reply }) {
        const token = sessionToken(holder, cookies.read(request));
        cookies.clear(reply);
        const ended = query.everywhere === "true" ? await endSessionsOf(db, holder.name) : await endSession(db, token);
        return { ended };
      },
    }),
    route({
      method: "PUT",
      path: `${PATH}/password`,
      tag: "session",
      summary: {
        en: "Sets one's own password; every other session of the user ends",
        "zh-CN": "设置自己的密码；该用户的其他会话全部结束",
      },
      roles: ROLES,
      body: z.strictObject({ current: password, password }),
      answer: shown,
      async handle({ holder, body, request, reply }) {
        sessionToken(holder, cookies.read(request));
        const { name } = holder;
        // counted and held up like any other guess
        await open({ request, reply }, { name, password: body.current, address: request.ip });
        await changeUser(db, name, { password: body.password });
        return greet(reply, await open({ request, reply }, { name, password: body.password, address: request.ip }));
      },
    }),
  ];
}

function tokenOf({ kind }: Holder, token: string | undefined): string | undefined {
  return kind === "session" ? token : undefined;
}

/** @throws InputError for a key, which has no session */
function sessionToken(holder: Holder, token: string | undefined): string {
  const found = tokenOf(holder, token);
  if (found !== undefined) return found;
  throw refuse("", { en: "a key has no session", "zh-CN": "密钥没有会话" });
}

async function tried(work: () => Promise<SignIn>): Promise<SignIn> {
  try {
    return await work();
  } catch (failure) {
    if (!(failure instanceof CrowdedError)) throw failure;
    throw new Problem(503, "busy", { en: "too many sign in at once; try again", "zh-CN": "登录人数过多，请稍后重试" });
  }
}
