import { z } from "zod";
import type { Received } from "../../intake/receive.ts";
import { rehearse, REHEARSED_MOST } from "../../intake/rehearse.ts";
import { lookAtEvent } from "../../operate/event/show.ts";
import { reactionWords } from "../../operate/event/words.ts";
import { seesOnlyOwn, strangersAmong } from "../../operate/access/own.ts";
import type { Parts } from "../parts.ts";
import { type Posted, readPosted } from "../body/posted-events.ts";
import { FUTURE, STRANGER, unlessBusy, UNSTORABLE } from "../body/receiving.ts";
import { errorsOf, type Locale, Problem, type ProblemError } from "../problem.ts";
import { type AnyRoute, type Ask, route } from "../route.ts";
import { cloudEvent, lookedEvent, reaction } from "../answer/event.ts";
import { problemError } from "../schema.ts";

const refusedEvents = z.array(problemError).optional().meta({ description: "events of the batch that were refused" });

const answered = z.object({
  accepted: z.number().int(),
  duplicates: z.number().int(),
  events: z.array(z.object({ source: z.string(), id: z.string(), status: z.enum(["accepted", "duplicate"]) })),
  errors: refusedEvents,
});
type Answer = z.infer<typeof answered>;

const rehearsed = z
  .object({
    dryRun: z.literal(true),
    events: z.array(
      z.object({
        source: z.string(),
        id: z.string(),
        status: z.enum(["accepted", "duplicate"]),
        reaction,
        says: z.array(z.string()).meta({ description: "the same in sentences" }),
      }),
    ),
    errors: refusedEvents,
  })
  .meta({ description: "with dryRun (status 200): what each event would do; nothing is stored" });

const flag = z.enum(["", "0", "1", "false", "true"]).transform((value) => value !== "0" && value !== "false");
const postQuery = z.object({ dryRun: flag.optional() });

type PostParts = Pick<Parts, "db" | "home" | "receiver" | "vocabulary">;
type Post = Ask<unknown, z.infer<typeof postQuery>>;

/** docs/events.md describes them. */
export function eventRoutes(parts: PostParts): AnyRoute[] {
  return [
    route({
      method: "POST",
      path: "/v1/events",
      once: false,
      tag: "events",
      summary: {
        en: "Takes CloudEvents (structured, batch or binary); answers when they are durable",
        "zh-CN": "接收 CloudEvents（structured、batch 或 binary）；落盘后应答",
      },
      roles: ["backend", "ops", "service", "sales"],
      audited: false,
      publicKeys: true,
      cors: true,
      query: postQuery,
      reads: z.union([cloudEvent, z.array(cloudEvent)]),
      status: 202,
      answer: z.union([answered, rehearsed]),
      handle: (ask) => (ask.query.dryRun ? tryOut(ask, parts) : post(ask, parts)),
    }),
    route({
      method: "GET",
      path: "/v1/events/{source}/{id}",
      tag: "events",
      summary: {
        en: "One event: what it did, what it started or not, which waits it met or not, and why",
        "zh-CN": "一个事件：做了什么、启动或未启动什么、满足或未满足哪些等待，以及原因",
      },
      roles: ["backend", "ops", "service", "marketer"],
      params: z.object({ source: z.string(), id: z.string() }),
      answer: lookedEvent,
      handle: ({ params, locale, holder }) => lookAtEvent(parts.db, parts.home, params, locale, holder),
    }),
  ];
}

async function post({ request, holder, locale }: Post, { db, receiver, vocabulary }: PostParts): Promise<Answer> {
  const posted = readPosted(request, holder, vocabulary(), locale);
  if (seesOnlyOwn(holder)) leaveOut(posted, await strangersAmong(db, posted.events, holder), locale);
  const { events } = posted;
  const stored = events.length > 0 ? await unlessBusy(receiver.receive(events)) : [];
  const answer: Answer = { accepted: 0, duplicates: 0, events: [] };
  stored.forEach((status, i) => {
    const { source, id } = events[i]!;
    if (isRefused(status)) return refuse(posted, i, status, locale);
    if (status === "accepted") answer.accepted += 1;
    else answer.duplicates += 1;
    return answer.events.push({ source, id, status });
  });
  return { ...answer, ...errorsIn(posted, answer.events.length) };
}

/** What the asker may not speak of counts as wrong. */
function leaveOut(posted: Posted, strangers: Set<unknown>, locale: Locale): void {
  const { batch, events, places, refused } = posted;
  const stays = events.map((event) => !strangers.has(event));
  stays.forEach((stay, i) => {
    if (!stay) refused.push(...errorsOf([STRANGER], locale, batch ? places[i] : undefined));
  });
  posted.events = events.filter((_, i) => stays[i]);
  posted.places = places.filter((_, i) => stays[i]);
}

/** What the events would do. Only for who may see every customer: it tells of them, and of what others posted. */
async function tryOut({ request, reply, holder, locale }: Post, { db, home, vocabulary }: PostParts) {
  if (holder.public || seesOnlyOwn(holder)) {
    throw new Problem(403, "role", {
      en: "this key may not ask what events would do",
      "zh-CN": "该密钥不可试运行事件",
    });
  }
  const posted = readPosted(request, holder, vocabulary(), locale);
  if (posted.events.length > REHEARSED_MOST) {
    throw new Problem(413, "too-large", {
      en: `a dry run takes at most ${REHEARSED_MOST} events`,
      "zh-CN": `试运行每次最多 ${REHEARSED_MOST} 个事件`,
    });
  }
  const tried = await unlessBusy(rehearse(db, home, posted.events));
  const events = tried.flatMap(({ status, reaction }, i) => {
    const { source, id } = posted.events[i]!;
    if (isRefused(status)) {
      refuse(posted, i, status, locale);
      return [];
    }
    const says = reaction === null ? [] : reactionWords(reaction).map((text) => text[locale]);
    return [{ source, id, status, reaction, says }];
  });
  reply.code(200);
  return { dryRun: true as const, events, ...errorsIn(posted, events.length) };
}

function isRefused(status: Received): status is "future" | "refused" {
  return status === "future" || status === "refused";
}

function refuse(posted: Posted, i: number, status: "future" | "refused", locale: Locale): void {
  const fault = status === "future" ? FUTURE : UNSTORABLE;
  posted.refused.push(...errorsOf([fault], locale, posted.batch ? posted.places[i] : undefined));
}

/** @throws Problem 400 when not one event is good, 403 when the key may not post any */
function errorsIn({ batch, refused, allDenied }: Posted, good: number): { errors?: ProblemError[] } {
  if (refused.length === 0) return {};
  if (allDenied) throw new Problem(403, "event-type", DENIED, refused);
  if (good === 0) throw new Problem(400, "bad-event", batch ? ALL_REFUSED : REFUSED, refused);
  return { errors: refused.sort((a, b) => a.index! - b.index!) };
}

const REFUSED = { en: "the event was not stored", "zh-CN": "事件未被保存" };
const DENIED = { en: "this key may not post that", "zh-CN": "该密钥不可提交此类事件" };
const ALL_REFUSED = { en: "no event of the batch was stored", "zh-CN": "批次中没有事件被保存" };
