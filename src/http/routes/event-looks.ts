import { Readable } from "node:stream";
import { z } from "zod";
import { pageOfEvents } from "../../operate/event/list.ts";
import { replayEvents } from "../../operate/event/replay.ts";
import { type Followed, tailEvents } from "../../operate/event/tail.ts";
import { listOf, listQuery, pageAsked, partOf } from "../cursor.ts";
import type { Parts } from "../parts.ts";
import { Problem } from "../problem.ts";
import { type AnyRoute, route } from "../route.ts";
import { shownEvent } from "../answer/event.ts";
import { flag, name, time } from "../schema.ts";

const which = {
  type: name.optional(),
  customer: name.optional().meta({ description: "customer_id" }),
  source: name.optional(),
};
const when = time.transform((text) => new Date(text)).optional();

/** Each looks into the database four times a second. */
const TAILS_MOST = 20;
const HEARTBEAT_MS = 15_000;

/** Events in a list, and as they come; docs/events.md describes them. */
export function eventLookRoutes({
  db,
  home,
  vocabulary,
  wake,
  stopping,
}: Pick<Parts, "db" | "home" | "vocabulary" | "wake" | "stopping">): AnyRoute[] {
  let tails = 0;
  return [
    route({
      method: "GET",
      path: "/v1/events",
      tag: "events",
      summary: { en: "Events, those received last first", "zh-CN": "事件，最近收到的在前" },
      roles: ["backend", "ops", "marketer", "service"],
      exports: true,
      query: listQuery.extend({
        ...which,
        from: when.meta({ description: "received at or after" }),
        to: when.meta({ description: "received before" }),
        unreacted: flag,
        failed: flag.meta({ description: "whose data could not be worked with" }),
      }),
      answer: listOf(shownEvent),
      async handle({ query, holder }) {
        return partOf(await pageOfEvents(db, query, pageAsked(query, z.number().int()), holder));
      },
    }),
    route({
      method: "GET",
      path: "/v1/events/tail",
      tag: "events",
      summary: {
        en: "Events as they are received, with what they did, as server-sent events",
        "zh-CN": "实时事件及其结果（server-sent events）",
      },
      roles: ["backend", "ops"],
      exports: true,
      query: z.object({ ...which, since: when }),
      type: "text/event-stream",
      async handle({ query: { since, ...filter }, request, reply }) {
        if (tails >= TAILS_MOST) {
          throw new Problem(503, "busy", {
            en: `${TAILS_MOST} others follow events here already`,
            "zh-CN": `已有 ${TAILS_MOST} 个连接在跟踪事件`,
          });
        }
        const last = /^\d{1,15}$/.exec(String(request.headers["last-event-id"] ?? ""))?.[0];
        const gone = () => stopping() || request.raw.destroyed || reply.raw.destroyed;
        const followed = tailEvents(db, filter, {
          ...(last === undefined ? { since } : { after: Number(last) }),
          isOver: gone,
        });
        tails += 1;
        reply.raw.once("close", () => {
          tails -= 1;
        });
        reply.header("cache-control", "no-store");
        return Readable.from(streamOf(followed));
      },
    }),
    route({
      method: "POST",
      path: "/v1/events/replay",
      tag: "events",
      summary: {
        en: "Reacts to events again, part by part; what they have done already they do not do twice",
        "zh-CN": "分批重新处理事件；已做过的不会再做",
      },
      roles: ["ops"],
      body: z.strictObject({
        ...which,
        from: when,
        to: when,
        unreacted: z.boolean().optional(),
        failed: z.boolean().optional(),
        all: z.boolean().optional().meta({ description: "must be said when nothing else tells which" }),
        limit: z.number().int().min(1).max(5_000).default(5_000),
        after: z.number().int().optional().meta({ description: "`next` of the part before" }),
      }),
      answer: z.object({
        looked: z.number().int(),
        changed: z.number().int().meta({ description: "did something that they had not done before" }),
        failed: z.number().int().meta({ description: "their data cannot be worked with" }),
        next: z.number().int().nullable(),
      }),
      async handle({ body: { limit, after, ...filter }, note }) {
        const options = {
          ...{ db, home, vocabulary: vocabulary() },
          ...{ onStimuli: () => wake("dispatch"), onReleased: () => wake("deliver") },
          onMoved: () => wake("react"),
        };
        const summary = await replayEvents(options, filter, { limit, after });
        note({ looked: summary.looked, changed: summary.changed });
        return summary;
      },
    }),
  ];
}

async function* streamOf(lines: AsyncGenerator<Followed | undefined>): AsyncGenerator<string> {
  let spoken = Date.now();
  yield "retry: 1000\n\n";
  for await (const line of lines) {
    if (line === undefined && Date.now() - spoken < HEARTBEAT_MS) continue;
    spoken = Date.now();
    yield line === undefined ? ":\n\n" : `id: ${line.place}\ndata: ${JSON.stringify(line.event)}\n\n`;
  }
}
