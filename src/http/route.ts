import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { z } from "zod";
import type { Text } from "../campaign/program.ts";
import { read } from "../campaign/definition/faults.ts";
import { InputError } from "../fault.ts";
import { textFaults } from "../intake/text.ts";
import type { Holder, Role } from "../store/api-key.ts";
import type { Target } from "../store/audit.ts";
import type { Database } from "../store/database.ts";
import { openAudit } from "./guard/audit.ts";
import { holderOf, type openAuth } from "./guard/auth.ts";
import { refuseSecretInPage } from "./guard/cors.ts";
import { heedsKey, type Keep, performOnce } from "./guard/idempotency.ts";
import { readFiles } from "./body/read.ts";
import { errorsOf, type Locale, localeOf, Problem } from "./problem.ts";

/** One request, read and allowed. */
export interface Ask<P = unknown, Q = unknown, B = unknown> {
  params: P;
  query: Q;
  body: B;
  /** who asks; of an open route nobody */
  holder: Holder;
  /** of texts in the answer */
  locale: Locale;
  /** tells the audit log what was done besides the path's parameters: ids, names of definitions, counts; nothing personal */
  note: (more: Target) => void;
  /** keeps the answer of a request that may come again in the transaction of its change (idempotency.ts) */
  keep: Keep;
  request: FastifyRequest;
  reply: FastifyReply;
}

/** One address of the API: what serves it, guards it, documents it and is tested by role. */
export interface Route<P = unknown, Q = unknown, B = unknown, A = unknown> {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** "/v1/campaigns/{id}" */
  path: string;
  /** noun under which the documentation lists it */
  tag: string;
  /** one line for the documentation */
  summary: Text;
  /** who may besides admin; "open": anybody, without a key */
  roles: readonly Role[] | "open";
  params?: z.ZodType<P>;
  query?: z.ZodType<Q>;
  /** a body that the route reads itself is described by `reads` instead */
  body?: z.ZodType<B>;
  reads?: z.ZodType;
  /** takes a file instead: `body` is the stream of its bytes, and the route bounds them; types for the documentation */
  file?: readonly string[];
  /** 200 unless told */
  status?: 200 | 201 | 202 | 204;
  answer?: z.ZodType<A>;
  /** of the answer, when it is not JSON */
  type?: string;
  /** keys for browsers may ask it too; no other route lets them */
  publicKeys?: true;
  /** pages of other origins may ask it, as browsers let them */
  cors?: true;
  /** asked by clients of the tracking API: JSON may call itself text, and the key may be in the body */
  writeKey?: true;
  /** a GET that takes customers' data out in bulk: it is audited like a change */
  exports?: true;
  /** false for what machines post by the thousand and for what changes nothing; all else but GET is audited */
  audited?: false;
  /** false: `Idempotency-Key` is not heeded, as a secret is asked or answered, or repeating does no harm anyway; else POSTs do */
  once?: false;
  /** headers that it heeds, for the documentation: what each is for */
  headers?: Record<string, string>;
  handle(ask: Ask<P, Q, B>): Promise<unknown>;
}

/** A route among others; what its handler gets is what its schemas read. */
export type AnyRoute = Route<never, never, never, unknown>;

/** Keeps the types of parameters, query and body together. */
export function route<P, Q, B, A>(definition: Route<P, Q, B, A>): AnyRoute {
  return definition as unknown as AnyRoute;
}

export interface MountOptions {
  db: Database;
  auth: ReturnType<typeof openAuth>;
  /** fails a request whose answer is not what the documentation says; tests do that */
  checkAnswers?: boolean;
}

export function mount(
  app: FastifyInstance,
  routes: AnyRoute[],
  { db, auth, checkAnswers = false }: MountOptions,
): void {
  const audit = openAudit(db);
  for (const one of routes) {
    // readers of bodies are one scope's own
    if (one.file) void app.register(async (scope) => mountOne(readFiles(scope), one));
    else mountOne(app, one);
  }

  function mountOne(scope: FastifyInstance, one: AnyRoute): void {
    scope.route({
      method: one.method,
      url: one.path.replaceAll(/\{(\w+)\}/g, ":$1"),
      config: { cors: one.cors === true, writeKey: one.writeKey === true, file: one.file !== undefined },
      ...(one.roles !== "open" && guards(one, audit.denials(one, auth(one.roles, one.publicKeys, one.writeKey)))),
      async handler(request, reply) {
        if (one.cors) refuseSecretInPage(request, holderOf(request));
        // what no schema looks through is not looked at at all
        if (!one.body && !one.reads && !one.file) request.body = undefined;
        const ask: Omit<Ask, "note" | "keep"> = {
          params: part(one.params, request.params, "", request),
          query: part(one.query, request.query, "?", request),
          body: part(one.body, request.body, "", request),
          holder: holderOf(request),
          locale: localeOf(request),
          request,
          reply,
        };
        reply.code(one.status ?? 200);
        if (one.type !== undefined) reply.type(one.type);
        const answer = await audit.acts(one, request, (note) =>
          orProblem(ask.locale, () =>
            performOnce(db, heedsKey(one), ask, (keep) =>
              one.handle({ ...ask, note, keep } as Ask<never, never, never>),
            ),
          ),
        );
        if (checkAnswers && one.answer && reply.statusCode < 300) one.answer.parse(JSON.parse(JSON.stringify(answer)));
        return answer;
      },
    });
  }
}

type Guard = (request: FastifyRequest) => Promise<void>;

/** A key in the body is looked at when the body has been read; any other before that. */
function guards({ writeKey }: AnyRoute, guard: Guard): { onRequest: Guard; preHandler?: Guard } {
  if (!writeKey) return { onRequest: guard };
  const inHeader = (request: FastifyRequest) => request.headers.authorization !== undefined;
  return {
    onRequest: async (request) => (inHeader(request) ? guard(request) : undefined),
    preHandler: async (request) => (inHeader(request) ? undefined : guard(request)),
  };
}

/** Of JSON in bodies: definitions nest deeper than anything else that is posted. */
const DEEPEST = 100;

/** @throws Problem 400 with each fault; `prefix` tells the query's from the body's */
function part(schema: z.ZodType | undefined, given: unknown, prefix: string, request: FastifyRequest): unknown {
  if (schema === undefined) return given;
  // of no address does the database see what it cannot store
  const unstorable = textFaults(given, "", DEEPEST);
  const { value, faults } =
    unstorable.length > 0 ? { value: undefined, faults: unstorable } : read<unknown>(schema, given);
  if (faults.length === 0) return value;
  const errors = errorsOf(faults, localeOf(request)).map((fault) => ({
    ...fault,
    pointer: prefix === "?" ? `?${fault.pointer.slice(1)}` : fault.pointer,
  }));
  throw new Problem(400, "bad-request", { en: "the request has faults", "zh-CN": "请求有误" }, errors);
}

/** What is wrong with the asker's input is told in their language. */
async function orProblem<T>(locale: Locale, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (failure) {
    if (!(failure instanceof InputError)) throw failure;
    const [first] = failure.faults;
    const said = (text: Locale) => [first?.message[text], first?.hint?.[text]].filter(Boolean).join(": ");
    const detail = { en: said("en"), "zh-CN": said("zh-CN") };
    if (failure.missing) throw new Problem(404, "not-found", detail);
    throw new Problem(422, "refused", detail, errorsOf(failure.faults, locale));
  }
}
